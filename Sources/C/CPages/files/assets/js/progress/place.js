// Which leaderboard is shown is in the address: `#/month`, `#/room:ID`; everybody's has none.

export const BOARDS = { global: 'Everybody', month: 'This month' };

export function readBoard() {
    const match = location.hash.match(/^#\/(global|month|room:[A-Za-z0-9_-]{1,128})$/);
    return match?.[1] ?? 'global';
}

/** The room of a leaderboard; null where it is everybody's. */
export const roomOf = board => board.startsWith('room:') ? board.slice('room:'.length) : null;

export const goTo = board => { location.hash = `#/${board}`; };
