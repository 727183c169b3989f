// What it takes to enter a room, and how one stands to it: at the room's door, and for those inside.

import { h, fill, icon, iconButton, button, announce } from './dom.js';
import { ago, lasting } from './format.js';
import { amountOf, branchOf, gateOf, isBranch, learnCollections, learnTokens, needOf, partOf } from './gate.js';
import { copyText, openDialog, sentence } from './overlay.js';
import { openWallets } from './own-wallets.js';

const BRANCHES = { all: 'All of these', any: 'One of these' };
const VERDICTS = { yes: ['check', 'met'], no: ['close', 'not met'], unknown: ['question', 'not known'] };
/** The same of what one must not have. */
const DENIED = { ...VERDICTS, yes: VERDICTS.no, no: VERDICTS.yes };
const REASONS = {
    timeout: 'the chain did not answer in time', unreachable: 'the chain cannot be reached', rate_limited: 'the chain wants fewer questions',
    stale: 'the chain’s node lags behind', no_endpoint: 'no node of the chain can be asked', over_budget: 'too much is being asked of the chain',
};

/** `report`: what a refusal has told already. `enter` is called once a fresh look finds the gate open. */
export class GatePanel {
    #timer = null;

    constructor(workspace, id, { report = null, enter = null } = {}) {
        Object.assign(this, { workspace, id, report, enter });
        const { info } = workspace.client.room(id);
        this.gate = gateOf(info ?? workspace.rooms.get(id));
        this.tree = h('div', { class: 'gate-tree' });
        this.note = h('p', { class: 'note', role: 'status' });
        this.again = button('Check again', () => this.#check(), enter ? 'is-primary' : '');
        this.open = button('Enter', () => enter(), 'is-primary');
        const exempt = workspace.isOwner(id) ? 'You own this room: nothing of this is asked of you.' : 'The owner is exempt.';
        this.element = h('section', { class: 'gate', 'aria-label': 'What this room asks for' }, this.tree, h('p', { class: 'note gate-exempt' }, exempt), this.note,
            h('div', { class: 'gate-actions' }, this.open, this.again, this.#wallets()));
        this.#draw();
        fill(this.note, 'Looking…');
        this.#load();
    }

    /** A wallet may be linked from here, and shown at once. */
    #wallets() {
        const { methods } = this.workspace.session;
        if (!methods.wallet.includes('solana')) return null;
        return button('Your wallets…', async () => { if (await openWallets(this.workspace)) this.#check(); });
    }

    async #load() {
        try {
            this.#take(await this.workspace.api.get(this.workspace.api.room(this.id, '/gate')));
            fill(this.note);
        } catch (error) {
            // Without decimals and times the refusal's own words have to do.
            fill(this.note, this.gate ? null : sentence(error));
        }
    }

    #take(answer) {
        learnTokens(answer.tokens);
        learnCollections(answer.collections);
        this.gate = answer.gate ?? this.gate;
        this.report = answer;
        this.#draw();
    }

    /** Reads the holdings anew; who may enter now goes in. */
    async #check() {
        this.again.disabled = true;
        fill(this.note, 'Looking…');
        try {
            this.#take(await this.workspace.api.post(this.workspace.api.room(this.id, '/gate/check')));
            this.again.disabled = false;
            const words = { yes: 'You have what it takes.', no: 'Not yet.', unknown: 'Nobody can say now. Try again in a while.' }[this.report.verdict];
            fill(this.note, words);
            if (this.report.verdict === 'yes' && this.enter) this.enter();
        } catch (error) {
            fill(this.note, sentence(error));
            this.#wait(error.retry_after_ms ?? 0);
        }
    }

    /** Counts down on the button; the words that are read aloud do not change. */
    #wait(ms) {
        const end = Date.now() + ms;
        clearInterval(this.#timer);
        const draw = () => {
            const left = end - Date.now();
            this.again.disabled = left > 0;
            fill(this.again, left > 0 ? `Check again in ${lasting(left)}` : 'Check again');
            if (left <= 0 || !this.element.isConnected) clearInterval(this.#timer);
        };
        if (ms > 0) this.#timer = setInterval(draw, 1_000);
        draw();
    }

    #draw() {
        this.open.hidden = !this.enter || this.report?.verdict !== 'yes';
        this.again.classList.toggle('is-primary', Boolean(this.enter) && this.open.hidden);
        if (!this.gate) return fill(this.tree);
        // The report has its conditions in the tree's order.
        const checks = [...this.report?.checks ?? []];
        fill(this.tree, h('ul', { class: 'gate-list' }, this.#part(this.gate, checks, true)));
    }

    #part(condition, checks, isWanted) {
        const [kind, value] = partOf(condition);
        if (kind === 'not') return this.#part(value, checks, !isWanted);
        if (!isBranch(kind)) return leaf(condition, checks.shift(), isWanted);
        return h('li', null, h('span', { class: 'gate-branch' }, `${BRANCHES[branchOf(kind, isWanted)]}:`), h('ul', { class: 'gate-list' }, value.map(part => this.#part(part, checks, isWanted))));
    }
}

function leaf(condition, check, isWanted) {
    const need = needOf(condition, isWanted);
    const [what, address] = addressIn(condition);
    const [drawing, word] = (isWanted ? VERDICTS : DENIED)[check?.verdict] ?? ['question', 'not checked'];
    const look = { check: 'is-good', close: 'is-bad', question: 'is-open' }[drawing];
    return h('li', { class: `gate-leaf ${look}` }, icon(drawing),
        h('span', { class: 'gate-words' }, h('span', { title: address ?? null }, need[0].toUpperCase() + need.slice(1)), h('span', { class: 'unseen' }, `: ${word}`),
            check ? h('small', null, standing(condition, check)) : null),
        address ? iconButton('copy', `Copy the address of ${what}`, () => copyText(address, `The address of ${what} is copied`)) : null);
}

/** The one address that a condition is about, as one takes it elsewhere to buy or look at. */
function addressIn(condition) {
    const [kind, value] = partOf(condition);
    switch (kind) {
    case 'token': return ['the token', value.mint];
    case 'nft': return ['the collection', value.collection];
    case 'wallets': return value.length === 1 ? ['the wallet', value[0]] : [];
    default: return [];
    }
}

/** "You hold 12.5 · checked just now" */
export function standing(condition, { verdict, held, checked_at: checkedAt, reason }, { who = 'You hold', bare = 'You have linked no wallet' } = {}) {
    const isHolding = /^(token|native|nft)$/.test(partOf(condition)[0]);
    const words = [
        verdict === 'unknown' ? `Nobody can say now: ${REASONS[reason] ?? 'the answer cannot be used'}` : null,
        isHolding && held !== null && held !== undefined ? `${who} ${BigInt(held) === 0n ? 'none' : amountOf(condition, held)}` : null,
        isHolding && verdict === 'no' && (held === null || held === undefined) ? bare : null,
        checkedAt ? `checked ${ago(checkedAt)}` : null,
    ].filter(Boolean);
    return words.join(' · ');
}

/** For those inside: what the room asks for and how they stand. */
export const showGate = (workspace, id) => openDialog('Who may enter', () => new GatePanel(workspace, id).element);

/** "Trying again in 8 s", then `run`; for as long as the words are on the page. */
export function retryLine(ms, run) {
    const end = Date.now() + ms;
    const left = h('span', { 'aria-hidden': 'true' });
    const line = h('p', { class: 'note' }, left, ' ', button('Try now', () => run(), 'is-link'));
    const tick = () => {
        const wait = end - Date.now();
        fill(left, `Trying again in ${lasting(Math.max(wait, 0))}.`);
        if (wait <= 0) {
            clearInterval(timer);
            if (line.isConnected) run();
        } else if (seen && !line.isConnected) clearInterval(timer);
        seen ||= line.isConnected;
    };
    let seen = false;
    const timer = setInterval(tick, 250);
    tick();
    announce('It is tried again by itself.');
    return line;
}
