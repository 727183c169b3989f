// Where the page of the study rooms begins.

import { fill } from './dom.js';
import { begin, signInOver, startAnew } from './enter.js';
import { Frame } from './frame.js';
import { Workspace } from './workspace.js';

function open({ session, app }) {
    const workspace = new Workspace(session);
    const signOut = async options => {
        // Asked first, so that who is told "not everywhere" is still there.
        if (options?.everywhere) await session.signOut(options);
        workspace.close();
        if (!options?.everywhere) await session.signOut();
        location.hash = '';
        startAnew();
    };
    const rename = async name => {
        if (!await session.rename(name)) return workspace.rename(name);
        await workspace.depart();
        startAnew();
    };
    const frame = new Frame(workspace, { signOut, rename, signIn: options => signInOver(workspace, options) });
    fill(app, frame.element);
}

// Two windows of the rooms are two people, who can be seen talking.
begin({ open, note: 'Study rooms, live.', isAlone: true });
