// The part of a room's form that says who may enter.

import { StoaError } from '../../client/stoa.js';
import { h, fill } from './dom.js';
import { baseUnits, decimalsOf, gateOf, partOf, plainTokens } from './gate.js';
import { field } from './overlay.js';

const KINDS = [['public', 'Everybody'], ['private', 'Only who is invited'], ['token', 'Holders of a token'], ['nft', 'Holders of an NFT'], ['tree', 'By rules of your own']];
const NO_GATE = { access_token_mint: null, access_token_min_amount: null, access_nft_collection: null, gate: null };
const EXAMPLE = '{"any": [\n  {"nft": {"collection": "…"}},\n  {"invitation": true}\n]}';

/** Which field of the form an error's `field` speaks of. */
export const CONTROLS = { access_token_mint: 'mint', access_token_min_amount: 'amount', access_nft_collection: 'collection', gate: 'tree', max_participants: 'seats', slow_mode_ms: 'slow' };

/** What of the form a room's gate is. */
function valuesOf(info) {
    const gate = gateOf(info);
    const [kind, value] = partOf(gate);
    if (!gate) return { type: info?.type === 'private' ? 'private' : 'public' };
    if (kind === 'nft') return { type: 'nft', collection: value.collection };
    if (kind !== 'token') return { type: 'tree', tree: JSON.stringify(gate, null, 2) };
    const decimals = decimalsOf(value.mint);
    return { type: 'token', mint: value.mint, amount: decimals === undefined ? value.min_amount : plainTokens(value.min_amount, decimals) };
}

/** `learn(mint)` asks for a token's decimals where somebody can be asked; without it they are told once the room is made. */
export function gateFields(info, { learn = null } = {}) {
    const values = valuesOf(info);
    const unit = h('small', { 'aria-live': 'polite' });
    const address = { autocomplete: 'off', spellcheck: 'false', required: true, maxlength: 64, class: 'field address', placeholder: 'An address in base 58' };
    const mint = field('The token’s mint', 'mint', { ...address, value: values.mint ?? null, onchange: () => mintChanged() });
    const amount = field('At least', 'amount', { inputmode: 'decimal', required: true, maxlength: 42, value: values.amount ?? '1', autocomplete: 'off' });
    amount.append(unit);
    const parts = {
        token: [mint, amount],
        nft: [field('The collection', 'collection', { ...address, value: values.collection ?? null }, 'One verified item of it is enough.')],
        tree: [field('Rules, as JSON', 'tree', { tag: 'textarea', rows: 8, required: true, spellcheck: 'false', placeholder: EXAMPLE },
            'One of token, native, nft, wallets, role, invitation, or all, any, not of such. Amounts are in base units here.')],
    };
    if (values.tree) parts.tree[0].querySelector('textarea').value = values.tree;
    const sets = Object.entries(parts).map(([kind, fields]) => h('fieldset', { class: 'gate-fields', 'data-kind': kind, 'aria-label': KINDS.find(([one]) => one === kind)[1] }, fields));
    const kind = field('Who may enter', 'type', { tag: 'select', value: values.type, options: KINDS, onchange: () => kindChanged() }, 'You, the owner, are never asked for it.');
    const select = kind.querySelector('select');
    const kindChanged = () => {
        // What is hidden must not be required.
        for (const set of sets) set.hidden = set.disabled = set.dataset.kind !== select.value;
    };
    const mintChanged = async () => {
        const text = mint.querySelector('input').value.trim();
        if (text && learn && decimalsOf(text) === undefined) await learn(text).catch(() => {});
        fill(unit, unitOf(text, Boolean(learn)));
    };
    kindChanged();
    mintChanged();
    return h('div', { class: 'gate-fields' }, kind, sets);
}

const unitOf = (mint, isAsked) => !mint || decimalsOf(mint) !== undefined || !isAsked ? 'In whole tokens; the sum of a wallet’s accounts counts.'
    : 'In base units: how many decimals this token has is not known.';

/** The room's fields for what the form says. */
export function gateBody({ type, mint, amount, collection, tree }) {
    switch (type) {
    case 'token': return { ...NO_GATE, type: 'token_gated', access_token_mint: mint.trim(), access_token_min_amount: baseUnits(amount, decimalsOf(mint.trim()) ?? 0) };
    case 'nft': return { ...NO_GATE, type: 'nft_gated', access_nft_collection: collection.trim() };
    case 'tree': return { ...NO_GATE, gate: parsed(tree) };
    default: return { type };
    }
}

function parsed(text) {
    try { return JSON.parse(text); } catch (error) {
        throw new StoaError({ code: 'invalid_field', field: 'gate', message: `The rules are not JSON: ${error.message}.` });
    }
}

/** Whether a room has exactly this gate already. */
export function isSameGate(body, info) {
    const gate = gateOf(body);
    return JSON.stringify(gate) === JSON.stringify(gateOf(info)) && (gate !== null || body.type === (info.type === 'private' ? 'private' : 'public'));
}
