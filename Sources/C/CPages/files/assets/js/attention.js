// What a background tab tells: the count in the title, a dot on the icon.

const columns = 'M4 12 16 5l12 7M5.5 12h21M8 13v12M16 13v12M24 13v12M4 27h24';
const drawing = dot => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#2456c8"/><path d="${columns}" fill="none" stroke="#fff" stroke-width="2.2"/>${dot ? '<circle cx="25" cy="7" r="6.500" fill="#e5484d" stroke="#fff" stroke-width="2"/>' : ''}</svg>`;

export function showAttention(workspace) {
    const link = document.querySelector('link[rel=icon]');
    let was = null;
    const update = () => {
        const rooms = [...workspace.rooms.values()];
        const unread = rooms.reduce((sum, room) => sum + (room.unread ?? 0), 0);
        const name = workspace.rooms.get(workspace.current)?.name;
        document.title = `${unread ? `(${unread > 99 ? '99+' : unread}) ` : ''}${name ? `${name} · ` : ''}Stoa`;
        if (was !== unread > 0) link.href = `data:image/svg+xml,${encodeURIComponent(drawing(unread > 0))}`;
        was = unread > 0;
    };
    workspace.on('rooms', update);
    workspace.on('open', update);
    update();
}
