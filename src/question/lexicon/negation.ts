/** Words that deny what follows them in their clause. Contractions are found by their ending ("n't", "nt"). */
export const NEGATORS: ReadonlySet<string> = new Set(
  (
    'not no never without neither nor cannot cant dont doesnt didnt isnt arent wasnt werent wont havent hasnt hadnt shouldnt wouldnt couldnt ' +
    'avoid avoiding exclude excluding except skip nothing nobody none lacks lack ' +
    // Spanish, French, German, Portuguese, Russian
    'sin sans pas ni nicht kein keine keinen keiner ohne nao sem не без нет ни'
  ).split(' '),
);

/** Two words that deny what follows, or put it second ("rather than mobile"). */
export const NEGATING_PAIRS =
  'rather than | instead of | as opposed to | other than | apart from | no longer | not for | no need for | no need of | free of';

/** Phrases that hold a denying word and deny nothing. */
export const NOT_NEGATING =
  'not only | not just | not merely | not sure | not certain | whether or not | or not | if not | why not | no idea | no matter | no problem | no doubt | not yet sure | dont know which | dont know what | dont know if | dont know whether | dont know how | do not know which | do not know what | do not know if | do not know whether | do not know how | not know which | not know how | no one knows | isnt it | isnt there | is not it | dont you think | dont you | doesnt it | shouldnt i | shouldnt we | cant i | cant we | why dont | why isnt | why doesnt | why cant | cant decide | cannot decide | could not find | couldnt find | not found | not a problem | not to mention | nothing but | last but not least | cant wait | not enough | not so good at | why not use';

/** Words after which an earlier denial no longer holds ("not mobile but web"). */
export const SCOPE_END: ReadonlySet<string> = new Set(
  'but however although though because since so then yet still only instead just aber mais pero sondern но а mas sino'.split(
    ' ',
  ),
);

/** Words after "and" that begin a new statement ("no GPU and we want mobile"). */
export const STATEMENT_STARTS: ReadonlySet<string> = new Set(
  'i we it they you he she this that want wants need needs will would our my the must should prefer plan planning have has am is are run runs running'.split(
    ' ',
  ),
);

/** Denials that follow what they deny: "mobile is not needed", "GPU isn't available". */
export const DENIED_AFTER =
  'is not | isnt | are not | arent | was not | wasnt | will not be | wont be | not | is no | does not | doesnt | do not | dont | is never | is out';
export const DENIED_BY: ReadonlySet<string> = new Set(
  'needed required necessary important relevant available option goal priority planned concern matter allowed interesting interested target used wanted issue question topic possible care plan scope'.split(
    ' ',
  ),
);
