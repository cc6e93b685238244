import { shorten } from './graphemes.ts';
import { visible } from './plain-text.ts';
import type { Block, QuoteBlock, Reply } from './reply.ts';
import { webAddress } from './web-address.ts';

/** UTF-16 units of a title, heading or page in the place of a quote: more is no place that anybody reads. */
const NAME = 300;

/**
 * A reply as it is shown: without characters that cannot be seen, without blocks and items in which nothing can be
 * seen, quotes on one line. Only then is it measured and cut, so that removing something afterwards joins nothing.
 */
export function shownReply(reply: Reply): Reply {
  return { ...reply, title: labelText(reply.title), blocks: reply.blocks.flatMap(shownBlock) };
}

function shownBlock(block: Block): Block[] {
  switch (block.kind) {
    case 'heading':
    case 'text':
    case 'note': {
      const text = standing(trimmed(visible(block.text)));
      return text === '' ? [] : [{ ...block, text }];
    }
    case 'list': {
      const items = block.items.map((item) => standing(trimmed(visible(item)))).filter((item) => item !== '');
      return items.length === 0 ? [] : [{ ...block, items }];
    }
    case 'table': {
      const caption = labelText(block.caption);
      const columns = block.columns.map(labelText);
      const rows = block.rows.map((row) => row.map(labelText)).filter((row) => row.some((cell) => cell !== ''));
      return caption === '' && rows.length === 0 ? [] : [{ ...block, caption, columns, rows }];
    }
    case 'quote':
      return [shownQuote(block)];
    default:
      return block satisfies never;
  }
}

function shownQuote(block: QuoteBlock): QuoteBlock {
  const { quote, title, heading, place, url } = block;
  return {
    ...block,
    quote: oneLine(quote),
    title: shorten(labelText(title), NAME),
    heading: shorten(oneLine(heading), NAME),
    ...(place && { place: shorten(oneLine(place), NAME) }),
    url: webAddress(url),
  };
}

/** A text from outside as a label: on one line, without what cannot be seen. */
export function labelText(text: string): string {
  return standing(oneLine(text));
}

/** Line breaks in a quote or a name are those of its file. */
function oneLine(text: string): string {
  return trimmed(visible(text).replace(/\s+/g, ' '));
}

/** Without space around it, but for a space that carries a mark: that is a letter of its own. */
function trimmed(text: string): string {
  return text.trimEnd().replace(/^\s+(?!\p{M})/u, '');
}

/** A mark that has no letter would join whatever stands before it: it is shown on the circle made for that. */
function standing(text: string): string {
  return text.replace(/^(?=[\p{M}\p{Emoji_Modifier}\u1160-\u11ff])/u, '\u25cc');
}
