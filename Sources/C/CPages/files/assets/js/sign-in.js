// Who are you? By wallet, by a code, as a guest where the server is for trying, or with a token that one's site gave one.

import { h, icon, fill, button } from './dom.js';
import { emailCode } from './email-code.js';
import { field, openDialog, sentence } from './overlay.js';
import { walletButtons } from './wallet-list.js';
import { prove } from './wallets.js';

/** The card in place of the page. */
export function signInCard(session, { done, reason, note }) {
    return h('main', { class: 'sign-in' }, h('div', { class: 'sign-in-card' },
        h('h1', { class: 'brand' }, icon('stoa'), 'Stoa'), h('p', { class: 'note' }, note), ways(session, { done, reason })));
}

/** The same over the rooms, for guests who want to be themselves, and when a sign-in has ended. True when it worked. */
export const openSignIn = (session, { reason } = {}) =>
    openDialog('Sign in', close => ways(session, { done: () => close(true), reason, isDialog: true }));

function ways(session, { done, reason, isDialog = false }) {
    const { methods } = session;
    const hasGuests = !isDialog && session.isForTrying;
    const problem = h('p', { class: 'problem', role: 'alert' }, reason ?? null);
    const tell = error => fill(problem, error ? sentence(error) : null);
    const signedIn = answer => { session.accept(answer); done(); };
    const offered = [
        methods.wallet.includes('solana') ? byWallet(session, { signedIn, tell }) : null,
        methods.email ? emailCode(session.anonymous, { prove: async proof => signedIn(await session.anonymous.post('auth/email/verify', proof)) }) : null,
        hasGuests ? asGuest(session, { done, tell, label: reason ? 'Try again' : 'Go on as a guest' }) : null,
    ].filter(Boolean);
    // The first way is the one that the eye meets first; a guest's is a button by itself.
    (offered[0]?.querySelector('button, input') ?? offered[0])?.setAttribute('autofocus', '');
    const isAlone = !offered.length;
    const token = byToken(session, { done, tell });
    return h('div', { class: 'ways' }, problem, offered.map((way, i) => i ? [h('p', { class: 'or' }, 'or'), way] : way),
        isAlone ? token : hasGuests || isDialog ? null : folded('Sign in with a token', token));
}

function byWallet(session, { signedIn, tell }) {
    return walletButtons({
        label: name => `Sign in with ${name}`,
        run: async (wallet, isCurrent) => {
            tell(null);
            try {
                const proof = await prove(wallet, session.anonymous);
                if (!isCurrent()) return;
                const answer = await session.anonymous.post('auth/wallet/verify', proof);
                if (isCurrent()) signedIn(answer);
            } catch (error) { if (isCurrent()) tell(error); }
        },
    });
}

function asGuest(session, { done, tell, label }) {
    const go = button(label, async () => {
        go.disabled = true;
        try {
            await session.beSomebody();
            done();
        } catch (error) { tell(error); } finally { go.disabled = false; }
    }, 'is-primary');
    return go;
}

function byToken(session, { done, tell }) {
    const form = h('form', { class: 'form', onsubmit: event => {
        event.preventDefault();
        try {
            session.signInWith(new FormData(form).get('token'));
            done();
        } catch (error) { tell(error); }
    } }, field('Sign-in token', 'token', { required: true, autofocus: true, autocomplete: 'off', spellcheck: 'false' },
        'The site that runs these rooms gives you a link that signs you in. If it gave you a token instead, paste it here.'),
    h('button', { class: 'button is-primary' }, 'Sign in'));
    return form;
}

function folded(label, content) {
    const shell = h('div', { class: 'folded' }, button(label, () => { fill(shell, content); content.querySelector('input').focus(); }, 'is-link'));
    return shell;
}
