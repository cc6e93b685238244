/** Longer addresses are cut by browsers and refused by platforms. UTF-16 units. */
const MOST = 2_000;

/** An address that may become a link: of the web, in its normal form; null for anything else. */
export function webAddress(url: string | null): string | null {
  if (url === null) return null;
  try {
    // No URL.canParse: once it is optimised, that of Node 20 refuses every address with a letter of Latin-1 in it.
    const { protocol, href } = new URL(url);
    // `<address|label>` is how chats write a link; the URL standard leaves the bar as it is.
    const address = href.replace(/[<>|]/g, encodeURIComponent);
    return (protocol === 'https:' || protocol === 'http:') && address.length <= MOST ? address : null;
  } catch {
    return null;
  }
}
