// Long messages, shortened until somebody wants them whole: the shown part is a part of the text, so that nothing that
// cannot be seen can be reached by keyboard.

const LONG = { characters: 1_800, lines: 24 };
/** What stays is clearly less than what is long: unfolding has to be worth a click. */
const SHOWN = { characters: 1_200, lines: 14 };

/** The beginning of a long text, or null when the text is not long. */
export function beginningOf(text) {
    const lines = text.split('\n');
    if (text.length <= LONG.characters && lines.length <= LONG.lines) return null;
    let part = lines.slice(0, SHOWN.lines).join('\n');
    if (part.length > SHOWN.characters) part = untilSpace(part.slice(0, SHOWN.characters));
    const isInBlock = (part.match(/```/g) ?? []).length % 2 === 1;
    return `${part.trimEnd()}${isInBlock ? '\n```' : ' …'}`;
}

/** Not in the middle of a word, if it is not a very long one, and never in the middle of a character. */
function untilSpace(text) {
    const at = text.search(/\s\S{0,80}$/);
    return at > 0 ? text.slice(0, at) : text.replace(/[\uD800-\uDBFF\u200D\uFE0F]+$/, '');
}
