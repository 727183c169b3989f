// Message text to elements: links, mentions, `code`, ``` blocks, *emphasis*, **strong**, ~~struck~~, > quotes. It only ever
// creates elements it names itself and text nodes, so whatever a message says it stays words.

import { h } from './dom.js';

const FENCE = /```[^\S\n]*([\w+-]{0,20})\n?([\s\S]*?)```/g;
const INLINE = /`([^`\n]+)`|\*\*(?=\S)([^\n]+?\S|\S)\*\*|~~(?=\S)([^\n]+?)~~|(?<![\w*])\*(?=\S)([^*\n]+?)\*(?![\w*])|(?<!\w)_(?=\S)([^_\n]+?)_(?!\w)|(https?:\/\/[^\s<>"`]+)/g;
/** Emphasis within emphasis within … stops here, however the text is nested. */
const DEPTH = 4;

/** `mentions` are the people that the server found in the text: [{ id, name }]. */
export function renderText(text, { mentions = [], me = null } = {}) {
    const blocks = [];
    let from = 0;
    for (const match of text.matchAll(FENCE)) {
        blocks.push(...paragraphs(text.slice(from, match.index), { mentions, me }));
        blocks.push(h('pre', { class: 'code-block', tabindex: '0', 'aria-label': 'Code' }, h('code', null, match[2].replace(/\n$/, ''))));
        from = match.index + match[0].length;
    }
    blocks.push(...paragraphs(text.slice(from), { mentions, me }));
    return blocks;
}

function paragraphs(text, context) {
    const blocks = [];
    for (const line of text.replace(/^\n|\n$/g, '').split('\n')) {
        const quoted = line.match(/^> ?(.*)$/);
        const tag = quoted ? 'BLOCKQUOTE' : 'P';
        const last = blocks.at(-1);
        const content = inline(quoted ? quoted[1] : line, context, 0);
        if (last?.tagName === tag) last.append('\n', ...content);
        else blocks.push(h(tag, { dir: 'auto' }, content));
    }
    return blocks.filter(block => block.textContent !== '');
}

function inline(text, context, depth) {
    if (depth > DEPTH) return [text];
    const parts = [];
    let from = 0;
    for (const match of text.matchAll(INLINE)) {
        const [whole, code, strong, struck, starred, underscored, address] = match;
        parts.push(...withMentions(text.slice(from, match.index), context));
        const inner = strong ?? struck ?? starred ?? underscored;
        if (code) parts.push(h('code', null, code));
        else if (address) parts.push(...link(address));
        else parts.push(h(strong ? 'strong' : struck ? 's' : 'em', null, inline(inner, context, depth + 1)));
        from = match.index + whole.length;
    }
    parts.push(...withMentions(text.slice(from), context));
    return parts;
}

/** The stop at the end of a sentence, or a bracket around the link, is not part of the address. */
function link(address) {
    let end = address.length;
    while (/[.,;:!?'")\]}]/.test(address[end - 1])) {
        const isBalanced = address[end - 1] === ')' && address.slice(0, end).split('(').length >= address.slice(0, end).split(')').length;
        if (isBalanced) break;
        end--;
    }
    const target = address.slice(0, end);
    if (!URL.canParse(target)) return [address];
    return [h('a', { href: target, target: '_blank', rel: 'noopener noreferrer nofollow' }, target), address.slice(end)];
}

function withMentions(text, { mentions, me }) {
    if (!mentions.length || !text.includes('@')) return text ? [text] : [];
    const byName = [...mentions].filter(person => person.name).sort((a, b) => b.name.length - a.name.length);
    const names = byName.map(person => person.name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
    if (!names) return [text];
    const parts = [];
    let from = 0;
    for (const match of text.matchAll(new RegExp(`@(${names})(?![\\p{L}\\p{N}_])`, 'giu'))) {
        const person = byName.find(one => one.name.toLowerCase() === match[1].toLowerCase());
        parts.push(text.slice(from, match.index));
        parts.push(h('span', { class: person?.id === me ? 'mention is-me' : 'mention' }, match[0]));
        from = match.index + match[0].length;
    }
    return [...parts, text.slice(from)].filter(part => part !== '');
}

/** One line of plain words, for previews and screen readers. */
export const plainText = (text, most = 140) => {
    const line = text.replace(FENCE, '$2').replace(/\*\*|~~|`|^> ?/gm, '').replace(/\s+/g, ' ').trim();
    return line.length > most ? `${[...line].slice(0, most).join('')}…` : line;
};
