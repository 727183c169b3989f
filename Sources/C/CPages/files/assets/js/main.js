// Where the page begins: signed in, the rooms; else the card to sign in.

import { fill } from './dom.js';
import { Frame } from './frame.js';
import { Session } from './session.js';
import { signInCard } from './sign-in.js';
import { Workspace } from './workspace.js';

const app = document.getElementById('app');
const session = new Session();

async function start() {
    if (session.isSignedIn) enter();
    await session.learnServer();
    if (!session.isSignedIn) askWho();
}

function enter() {
    const workspace = new Workspace(session);
    // A reload is the surest way to forget everything of the person before.
    const signOut = () => { workspace.close(); session.signOut(); location.hash = ''; location.reload(); };
    const frame = new Frame(workspace, { signOut, signIn: signOut });
    fill(app, frame.element);
    app.removeAttribute('aria-busy');
}

function askWho() {
    fill(app, signInCard(session, { done: enter, reason: session.token ? 'Your sign-in has expired.' : undefined }));
    app.querySelector('[autofocus]')?.focus();
    app.removeAttribute('aria-busy');
}

start();
