// One message as an element. It reads everything from what it is given and keeps no state of its own.

import { h, icon, iconButton, button } from './dom.js';
import { avatar } from './avatar.js';
import { beginningOf } from './fold.js';
import { timeOf, exactTime, nameList, count, lasting } from './format.js';
import { renderText, plainText } from './markup.js';
import { idOf } from './room-model.js';

/** `context`: { workspace, model, isContinued, isHidden, receipt, unfolded, on: { react, open, jump, person, reveal, unfold } } */
export function messageView(message, context) {
    const { workspace, isContinued, on } = context;
    const isMe = message.author.id === workspace.me.id;
    const isForMe = (message.mentions ?? []).some(person => idOf(person) === workspace.me.id);
    const look = ['message', isContinued && 'is-continued', isForMe && 'is-for-me', message.message_type === 'system' && 'is-system'];
    const time = h('time', { datetime: new Date(message.at).toISOString(), title: exactTime(message.at) }, timeOf(message.at));
    const body = context.isHidden ? hiddenBody(message, on) : message.deleted ? tombstone() : content(message, context);
    const byline = isContinued ? null : h('div', { class: 'byline' },
        h('button', { type: 'button', class: 'author', onclick: event => on.person(message.author, event.currentTarget) },
            h('bdi', null, message.author.name)),
        message.author.bot ? h('span', { class: 'tag' }, 'Bot') : null,
        isMe ? h('span', { class: 'unseen' }, '(you)') : null,
        time,
        message.pinned ? pinnedMark() : null);
    const thread = message.reply_count && !context.isThread
        ? h('button', { type: 'button', class: 'thread-link', onclick: () => on.open(message) },
            icon('thread'), count(message.reply_count, 'reply', 'replies'))
        : null;
    return h('article', {
        class: look.filter(Boolean).join(' '), tabindex: '-1', 'aria-label': spoken(message, context),
        'data-id': message.id, 'data-seq': message.seq,
    },
    h('div', { class: 'gutter' }, isContinued ? time.cloneNode(true) : avatar(message.author)),
    h('div', { class: 'message-main' },
        message.reply_to && !context.isThread ? replyPreview(message, context) : null,
        byline,
        body,
        context.isHidden ? null : reactions(message, context),
        thread));
}

const pinnedMark = () => h('span', { class: 'pinned-mark', title: 'Pinned' },
    icon('pin'), h('span', { class: 'unseen' }, 'Pinned'));

function content(message, context) {
    const text = words(message, context);
    const short = beginningOf(message.content ?? '');
    if (!short) return text(message.content ?? '');
    const isOpen = context.unfolded?.has(message.id);
    return foldable(short, message.content, { text, isOpen, turned: isNow => context.on.unfold(message, isNow) });
}

/** Turned in place: the button keeps the focus, and whoever reads keeps the line. */
function foldable(short, whole, { text, isOpen, turned }) {
    const label = isNow => isNow ? 'Show less' : 'Show more';
    const toggle = button(label(isOpen), () => {
        const isNow = toggle.getAttribute('aria-expanded') !== 'true';
        turned(isNow);
        box.firstElementChild.replaceWith(text(isNow ? whole : short));
        toggle.setAttribute('aria-expanded', String(isNow));
        toggle.textContent = label(isNow);
        toggle.scrollIntoView({ block: 'nearest' });
    }, 'is-link');
    toggle.setAttribute('aria-expanded', String(Boolean(isOpen)));
    const box = h('div', { class: 'foldable' }, text(isOpen ? whole : short), toggle);
    return box;
}

/** How a message's text, or its beginning, is shown. */
function words(message, { workspace, receipt }) {
    const mentions = (message.mentions ?? []).map(person => workspace.directory.get(idOf(person)));
    const edited = message.edited_at
        ? h('span', { class: 'edited', title: `Edited ${exactTime(message.edited_at)}` }, '(edited)') : null;
    return content => h('div', { class: isOnlyEmoji(content) ? 'text is-emoji' : 'text', dir: 'auto' },
        reference(message), renderText(content, { mentions, me: workspace.me.id }), edited?.cloneNode(true), receiptMark(receipt));
}

const RECEIPTS = { sent: 'Sent', delivered: 'Delivered to all who were here', read: 'Read by all who were here' };

/** One tick for what the server has, two for what the others have; in colour once they have read it. */
const receiptMark = receipt => receipt && h('span', { class: `receipt is-${receipt}`, title: RECEIPTS[receipt] },
    icon('check'), receipt === 'sent' ? null : icon('check'), h('span', { class: 'unseen' }, RECEIPTS[receipt]));

const isOnlyEmoji = text => /^(\p{Extended_Pictographic}|\p{Emoji_Component}|\s){1,24}$/u.test(text)
    && /\p{Extended_Pictographic}/u.test(text);

/** A shared document or a highlighted passage of one. */
function reference({ document, document_id: id, highlight, message_type: type }) {
    if (!highlight && type !== 'document_share') return null;
    const name = document?.title ?? document?.name ?? document?.id ?? id ?? 'Document';
    const passage = highlight && h('blockquote', { dir: 'auto' },
        highlight.before, h('mark', null, highlight.text), highlight.after);
    return h('figure', { class: 'reference' }, passage,
        h('figcaption', null, icon('document'), h('span', null, h('bdi', null, name), highlight?.page ? `, page ${highlight.page}` : null)));
}

const tombstone = () => h('p', { class: 'tombstone' }, 'Message deleted');

const hiddenBody = (message, on) => h('p', { class: 'tombstone' },
    'You hid this person. ', button('Show message', () => on.reveal(message), 'is-link'));

function previewWords(root, workspace) {
    if (!root) return 'an earlier message';
    if (root.deleted) return 'Message deleted';
    return workspace.hidden.has(root.author.id) ? 'Hidden' : plainText(root.content, 100);
}

function replyPreview(message, { model, workspace, on }) {
    const root = model.byId.get(message.reply_to);
    const words = previewWords(root, workspace);
    const label = `Reply to ${root ? `${root.author.name}: ` : ''}${words}. Go there`;
    return h('button', { type: 'button', class: 'reply-preview', onclick: () => on.jump(message), 'aria-label': label },
        icon('reply'),
        root ? h('bdi', { class: 'reply-name' }, root.author.name) : null,
        h('span', { dir: 'auto' }, words));
}

function reactions(message, context) {
    const all = Object.entries(message.reactions ?? {});
    if (!all.length) return null;
    const pick = event => context.on.pick(message, event.currentTarget);
    return h('div', { class: 'reactions', role: 'group', 'aria-label': 'Reactions' },
        all.map(([emoji, reaction]) => reactionChip(message, emoji, reaction, context)),
        iconButton('smile', 'Add a reaction', pick, { class: 'reaction is-add' }));
}

function reactionChip(message, emoji, { count: n, users = [] }, { workspace, on }) {
    const ids = users.map(idOf);
    const isMine = ids.includes(workspace.me.id);
    const names = ids.map(id => id === workspace.me.id ? 'you' : workspace.directory.name(id));
    // The server names the first twenty.
    while (names.length < n) names.push('someone');
    const who = `${nameList(names, 8)} reacted with ${emoji}`;
    return h('button', {
        type: 'button', class: 'reaction', 'aria-pressed': String(isMine), title: who, 'aria-label': who,
        onclick: () => on.react(message, emoji, !isMine),
    }, h('span', null, emoji), h('span', { class: 'number' }, String(n)));
}

function spoken(message, { isHidden, workspace }) {
    const words = isHidden ? 'hidden message' : message.deleted ? 'message deleted' : plainText(message.content ?? '', 400);
    const who = message.author.id === workspace.me.id ? 'You' : message.author.name;
    return `${who}, ${timeOf(message.at)}: ${words}`;
}

/** Somebody else's badge: theirs is told to oneself by a toast. */
export const awardLine = ({ user, name, at }) => h('p', { class: 'award', title: exactTime(at) }, icon('medal'),
    h('span', { dir: 'auto' }, h('bdi', null, user.name ?? user.id), ' earned ', h('bdi', { class: 'award-name' }, name)));

/** A message of one's own that the server has not confirmed. */
export function outgoingView(entry, { workspace, room, isContinued, on }) {
    const byline = isContinued ? null : h('div', { class: 'byline' },
        h('span', { class: 'author' }, h('bdi', null, workspace.me.name)), h('time', null, timeOf(entry.at)));
    return h('article', {
        class: `message is-outgoing is-${entry.status}${isContinued ? ' is-continued' : ''}`, tabindex: '-1',
        'data-client-id': entry.clientId, 'aria-label': `You, not sent yet: ${plainText(entry.content)}`,
    },
    h('div', { class: 'gutter' }, isContinued ? null : avatar(workspace.me)),
    h('div', { class: 'message-main' }, byline,
        h('div', { class: 'text', dir: 'auto' }, renderText(beginningOf(entry.content) ?? entry.content)), outgoingState(entry, room, on)));
}

/** What trying again would not cure. */
const FOR_GOOD = /^(too_large|invalid_field)$/;

function refusal({ error, retryAt }) {
    if (error?.code === 'slow_mode' && retryAt) return `Not sent: slow mode, you may write again at ${timeOf(retryAt)}.`;
    return `Not sent: ${error?.message ?? 'refused.'}`;
}

function outgoingState(entry, room, on) {
    if (entry.status === 'sent') return null;
    if (entry.status === 'refused') {
        return h('p', { class: 'problem', role: 'alert' }, h('span', null, refusal(entry)),
            FOR_GOOD.test(entry.error?.code) ? null : button('Try again', () => room.retry(entry.clientId), 'is-link'),
            button('Edit', () => on.rewrite(entry), 'is-link'),
            button('Delete', () => room.discard(entry.clientId), 'is-link'));
    }
    const waitMs = entry.retryAt && entry.error?.retry_after_ms;
    const words = waitMs ? `Slow mode: goes out in ${lasting(waitMs)}`
        : entry.status === 'sending' ? 'Sending…' : 'Waiting for the connection';
    return h('span', { class: 'sending' }, words);
}
