// What a room's gate asks for: its fields or tree as one tree, amounts in whole tokens, conditions in words.

import { StoaError } from '../../client/stoa.js';
import { count } from './format.js';
import { shortAddress } from './wallets.js';

/** A lamport is the ninth digit of a SOL. */
const NATIVE_DECIMALS = 9;
const LARGEST = 2n ** 64n - 1n;

/** What was told of mints: how many decimals they have. */
const mints = new Map();

/** What was told of collections: what they call themselves. */
const collections = new Map();

/** Remembers the `tokens` of an answer. */
export function learnTokens(tokens) {
    for (const [mint, facts] of Object.entries(tokens ?? {})) if (facts) mints.set(mint, facts);
}

/** Remembers the `collections` of an answer. */
export function learnCollections(answered) {
    for (const [address, facts] of Object.entries(answered ?? {})) if (facts?.name) collections.set(address, facts.name);
}

/** Anybody may give a collection any name: the address stays beside it. */
const collectionName = address => collections.has(address) ? `${collections.get(address)} (${shortAddress(address)})` : shortAddress(address);

/** How many digits of the mint's base units stand behind the point; undefined where nobody has told yet. */
export const decimalsOf = mint => mints.get(mint)?.decimals;

/** The gate of a room as one tree, or null. */
export function gateOf(room) {
    if (room?.gate) return room.gate;
    const parts = [];
    if (room?.access_token_mint) parts.push({ token: { mint: room.access_token_mint, min_amount: room.access_token_min_amount } });
    if (room?.access_nft_collection) parts.push({ nft: { collection: room.access_nft_collection } });
    return parts.length > 1 ? { all: parts } : parts[0] ?? null;
}

export const isGated = room => Boolean(gateOf(room)) || /^(token|nft)_gated$/.test(room?.type);

/** What kind of condition it is, and its value. */
export const partOf = condition => Object.entries(condition ?? {})[0] ?? ['nothing', null];
export const isBranch = kind => kind === 'all' || kind === 'any' || kind === 'not';

/** The conditions without the tree, from left to right: in the order of a report's `checks`. */
export function leavesOf(condition) {
    const [kind, value] = partOf(condition);
    if (kind === 'not') return leavesOf(value);
    return isBranch(kind) ? value.flatMap(leavesOf) : [condition];
}

// Amounts are whole base units, larger than a number of JavaScript holds exactly.

const point = new Intl.NumberFormat().formatToParts(1.5).find(part => part.type === 'decimal')?.value ?? '.';

/** "1234500" with 3 decimals is "1,234.5". */
export function wholeTokens(amount, decimals) {
    const digits = BigInt(amount).toString().padStart(decimals + 1, '0');
    const whole = BigInt(digits.slice(0, digits.length - decimals)).toLocaleString();
    const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
    return fraction ? `${whole}${point}${fraction}` : whole;
}

/** The same as one types it: no grouping, a point. */
export function plainTokens(amount, decimals) {
    const digits = BigInt(amount).toString().padStart(decimals + 1, '0');
    const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
    return digits.slice(0, digits.length - decimals) + (fraction ? `.${fraction}` : '');
}

const badAmount = message => new StoaError({ code: 'invalid_field', field: 'access_token_min_amount', message });

/**
 * "1234.5" with 3 decimals is "1234500"; throws in words where it is no amount, or one that the token cannot have.
 * As long as nobody knows the decimals, give `Infinity`: then only what it looks like is looked at.
 */
export function baseUnits(text, decimals) {
    const match = text.trim().match(/^(\d{1,20})(?:\.(\d+))?$/);
    if (!match) throw badAmount('An amount is written as 1000 or 0.25: digits and at most one point.');
    const fraction = (match[2] ?? '').replace(/0+$/, '');
    if (fraction.length > decimals) throw badAmount(`This token has ${count(decimals, 'decimal')}, no more.`);
    if (decimals === Infinity) return null;
    const amount = BigInt(match[1] + fraction.padEnd(decimals, '0'));
    if (amount === 0n) throw badAmount('An amount of 0 would be no gate.');
    if (amount > LARGEST) throw badAmount('No wallet can hold so much.');
    return amount.toString();
}

// Words.

/** An amount of what a condition is about: "1,234.5", or base units where the decimals are not known. */
export function amountOf(condition, amount) {
    const [kind, value] = partOf(condition);
    if (kind === 'native') return `${wholeTokens(amount, NATIVE_DECIMALS)} SOL`;
    if (kind === 'nft') return count(Number(amount), 'item');
    const decimals = decimalsOf(value.mint);
    return decimals === undefined ? count(BigInt(amount), 'base unit') : wholeTokens(amount, decimals);
}

/** What one condition asks for; under a "not", what one must not have. */
export function needOf(condition, isWanted = true) {
    if (!isWanted) return `must not ${lackOf(condition)}`;
    const [kind, value] = partOf(condition);
    switch (kind) {
    case 'token': return `at least ${amountOf(condition, value.min_amount)} of the token ${shortAddress(value.mint)}`;
    case 'native': return `at least ${amountOf(condition, value.min_amount)}`;
    case 'nft': return `an NFT of the collection ${collectionName(value.collection)}`;
    case 'wallets': return value.length === 1 ? `the wallet ${shortAddress(value[0])}` : `one of ${value.length} named wallets`;
    case 'role': return value === 'member' ? 'membership' : `the role of ${value}`;
    case 'invitation': return 'an invitation';
    default: return 'something that this page does not know';
    }
}

function lackOf(condition) {
    const [kind, value] = partOf(condition);
    switch (kind) {
    case 'token': return `hold ${amountOf(condition, value.min_amount)} or more of the token ${shortAddress(value.mint)}`;
    case 'native': return `hold ${amountOf(condition, value.min_amount)} or more`;
    case 'nft': return `hold ${needOf(condition)}`;
    case 'wallets': return `have ${needOf(condition)}`;
    case 'role': return value === 'member' ? 'be a member' : `have ${needOf(condition)}`;
    default: return `have ${needOf(condition)}`;
    }
}

/**
 * Which branch a branch is in the words that are shown. A "not" is carried down to the conditions, so that what is listed
 * is what one has to do: not all of these is one of the opposites, not one of these is all of them.
 */
export const branchOf = (kind, isWanted) => isWanted ? kind : { all: 'any', any: 'all' }[kind];

/**
 * What an invitation does at a gate: `opens` it by itself, is a `part` of what it takes, or `nothing`.
 */
export function invitationAt(gate) {
    const judge = condition => {
        const [kind, value] = partOf(condition);
        if (kind === 'invitation') return 'yes';
        if (kind === 'not') return { yes: 'no', no: 'yes', open: 'open' }[judge(value)];
        if (!isBranch(kind)) return 'open';
        const parts = value.map(judge);
        const [decides, other] = kind === 'all' ? ['no', 'yes'] : ['yes', 'no'];
        return parts.includes(decides) ? decides : parts.includes('open') ? 'open' : other;
    };
    if (!leavesOf(gate).some(leaf => partOf(leaf)[0] === 'invitation')) return 'nothing';
    return { yes: 'opens', open: 'part', no: 'nothing' }[judge(gate)];
}

/** A whole gate in a line, for lists and titles, to follow "For". */
export function gateInShort(condition, isWanted = true) {
    const [kind, value] = partOf(condition);
    if (kind === 'not') return gateInShort(value, !isWanted);
    if (!isWanted && !isBranch(kind)) return `those who ${needOf(condition, false)}`;
    // So many base units of something with unknown decimals tell nobody anything.
    if (kind === 'token' && decimalsOf(value.mint) === undefined) return `holders of the token ${shortAddress(value.mint)}`;
    if (!isBranch(kind)) return `${/^(token|native|nft|wallets)$/.test(kind) ? 'holders of ' : ''}${needOf(condition)}`;
    const words = part => gateInShort(part, isWanted);
    return value.map(part => isBranch(partOf(part)[0]) && value.length > 1 ? `(${words(part)})` : words(part)).join(branchOf(kind, isWanted) === 'all' ? ' and ' : ' or ');
}
