// How long a message may be: in bytes, as the protocol counts, told in words before the server has to refuse.

import { count } from './format.js';

/** Of a message's text; the same for every server (section 10 of the protocol). */
const CONTENT_BYTES = 32_768;
/** What a request holds beside its text, with ids and mentions at their longest. */
const ENVELOPE_BYTES = 1_024;
/** From here on the rest is counted aloud. */
const NEAR_BYTES = 1_000;

const encoder = new TextEncoder();
const bytesOf = text => encoder.encode(text).length;

/** How many bytes are left, negative when it is too long; Infinity for text that is nowhere near. */
export function bytesLeft(text, messageBytes = 65_536) {
    // Three bytes for a unit of text is the most in UTF-8, six in JSON: a control character, written out.
    if (text.length * 6 < Math.min(CONTENT_BYTES, messageBytes - ENVELOPE_BYTES) - NEAR_BYTES) return Infinity;
    const left = Math.min(CONTENT_BYTES - bytesOf(text), messageBytes - ENVELOPE_BYTES - bytesOf(JSON.stringify(text)));
    return left > NEAR_BYTES ? Infinity : left;
}

/** `left` in words, empty when there is nothing to say. */
export function wordsFor(left) {
    if (left === Infinity) return '';
    return left >= 0 ? `${count(left, 'byte')} left` : `${count(-left, 'byte')} too long`;
}
