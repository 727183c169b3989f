// Where we are is in the address: `#/room-id`, `#/room-id/seq` for a message, `?invitation=` for a way in.

export function readPlace() {
    const match = location.hash.match(/^#\/([^/?]+)(?:\/(\d+))?(?:\?invitation=([^&]+))?/);
    if (!match) return { room: null };
    try {
        return { room: decodeURIComponent(match[1]), seq: Number(match[2]) || null, invitation: match[3] && decodeURIComponent(match[3]) };
    } catch { return { room: null }; }
}

export const placeOf = (room, seq) => `#/${encodeURIComponent(room)}${seq ? `/${seq}` : ''}`;

export function goTo(room, seq) {
    const place = placeOf(room, seq);
    if (location.hash === place) window.dispatchEvent(new HashChangeEvent('hashchange'));
    else location.hash = place;
}

export const linkTo = (room, { seq, invitation } = {}) =>
    new URL(placeOf(room, seq) + (invitation ? `?invitation=${encodeURIComponent(invitation)}` : ''), document.baseURI).href;
