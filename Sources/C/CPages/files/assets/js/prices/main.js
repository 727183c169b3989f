// Where the page of prices begins.

import { fill } from '../dom.js';
import { begin, waysOut } from '../enter.js';
import { PriceDesk } from './desk.js';
import { PricePage } from './page.js';

function open({ session, app }) {
    const desk = new PriceDesk(session);
    fill(app, new PricePage(desk, waysOut(desk)).element);
}

begin({ open, note: 'Prices, live.' });
