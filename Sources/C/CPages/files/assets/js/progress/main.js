// Where the page of progress begins.

import { fill } from '../dom.js';
import { begin, waysOut } from '../enter.js';
import { ProgressDesk } from './desk.js';
import { ProgressPage } from './page.js';

function open({ session, app }) {
    const desk = new ProgressDesk(session);
    fill(app, new ProgressPage(desk, waysOut(desk)).element);
}

begin({ open, note: 'Badges, streaks and leaderboards, live.' });
