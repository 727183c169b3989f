// What stands in place of a conversation that cannot be shown: loading, refused, removed, failed.

import { emptyState, skeleton } from './blank.js';
import { h, button } from './dom.js';
import { gateOf } from './gate.js';
import { GatePanel, retryLine } from './gate-panel.js';
import { sentence } from './overlay.js';

/** Why a room was left, by the word on the wire. */
export const REASONS = {
    kicked: 'A moderator removed you from this room.', banned: 'You were banned from this room.',
    archived: 'This room has been archived.', room_archived: 'This room has been archived.',
    gate_lost: 'You no longer hold what this room asks for.',
    gate_unverified: 'What you hold could not be checked for too long.',
};
const TITLES = {
    room_not_found: 'There is no such room', room_full: 'This room is full', room_locked: 'This room is locked',
    banned: 'You are banned here', invite_required: 'This room is private', invite_invalid: 'This invitation is not valid',
    room_archived: 'This room is archived',
    wallet_required: 'This room asks for a wallet', gate_token_balance: 'This room is for holders of a token',
    gate_nft_missing: 'This room is for holders of an NFT', gate_unavailable: 'What you hold cannot be checked now',
};
/** Those that a gate gives, by which the door shows what it asks for. */
const GATE = /^(gate_|wallet_required)/;
/** Whether a refusal tells how the person stands to a gate. */
const isGateRefusal = error => GATE.test(error.code) || Array.isArray(error.details?.checks);

/** A row for `reconcile`, or null when the messages are to be shown. */
export function roomState(model, workspace) {
    const { room } = model;
    const again = () => workspace.open(model.id);
    if (room.state === 'removed') {
        const isGate = GATE.test(room.reason);
        const text = [REASONS[room.reason] ?? `Reason: ${room.reason}.`, room.message && !isGate ? theirWords(room.message) : null];
        return row(`removed-${room.reason}`, () => door('You are no longer in this room', text, isGate ? new GatePanel(workspace, model.id, { enter: again }) : null,
            isGate || /banned|archived/.test(room.reason) ? null : button('Join again', again, 'is-primary')));
    }
    if (room.state === 'refused') return row(`refused-${room.error.request_id}`, () => refused(room.error, model, workspace, again));
    if (model.error && !model.isLoaded) {
        return row('failed', () => emptyState('The messages could not be loaded', sentence(model.error), button('Try again', () => model.latest(), 'is-primary')));
    }
    if (!model.isLoaded && !model.outgoing.length) return row('loading', () => h('div', { 'aria-label': 'Loading messages' }, skeleton(7)));
    return null;
}

const theirWords = text => h('span', { class: 'their-words' }, 'The moderator wrote: “', h('bdi', null, text), '”');
const row = (key, build) => ({ key: `state-${key}`, mark: key, build });

/** An empty state with what the gate asks for between words and buttons. */
function door(title, text, panel, ...actions) {
    const element = emptyState(title, text, ...actions);
    if (panel) element.querySelector('.empty-actions').before(panel.element);
    return element;
}

function refused(error, model, workspace, again) {
    const title = TITLES[error.code] ?? 'You cannot enter this room';
    const isGate = isGateRefusal(error) || (gateOf(model.room.info) && /^(forbidden|invite_required)$/.test(error.code));
    const panel = isGate ? new GatePanel(workspace, model.id, { report: error.details?.checks ? error.details : null, enter: again }) : null;
    if (error.code === 'gate_unavailable' && error.retry_after_ms) return door(title, sentence(error), panel, retryLine(error.retry_after_ms, again));
    if (panel && error.code !== 'invite_required') return door(title, sentence(error), panel);
    if (!/^invite_/.test(error.code)) return emptyState(title, sentence(error), error.code === 'banned' ? null : button('Try again', again, 'is-primary'));
    const code = h('input', { class: 'field', name: 'code', required: true, autocomplete: 'off', 'aria-label': 'Invitation code', placeholder: 'Invitation code' });
    return door(title, sentence(error), panel, h('form', {
        class: 'inline-form',
        onsubmit: event => { event.preventDefault(); workspace.open(model.id, { invitation: code.value.trim() }); },
    }, code, h('button', { class: 'button is-primary' }, 'Enter')));
}
