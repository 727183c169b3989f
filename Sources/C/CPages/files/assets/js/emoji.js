// A small set of emoji with the words that find them, and the picker over it.

import { h, fill } from './dom.js';
import { openPopover } from './overlay.js';

const LIST = `👍 thumbsup yes like|👎 thumbsdown no|❤️ heart love|😂 joy laugh lol|🎉 tada party|🙏 thanks please|🔥 fire|👀 eyes look|💯 hundred|✅ check done|
😀 grin happy|😄 smile|😅 sweat phew|🤣 rofl|🙂 slight smile|😉 wink|😊 blush|😍 heart eyes|😘 kiss|😎 cool sunglasses|🤔 thinking hmm|🤨 raised eyebrow|😐 neutral|🙄 rolling eyes|😏 smirk|
😴 sleep tired|😮 wow open mouth|😢 cry sad|😭 sob|😤 huff|😡 angry rage|🤯 mind blown|😱 scream|🥳 partying|🤗 hug|🤓 nerd|😇 innocent halo|🥲 smiling tear|😬 grimace|🤝 handshake deal|
👏 clap bravo|🙌 raised hands hooray|💪 muscle strong|👋 wave hello bye|✋ hand stop question|👌 ok|🤞 fingers crossed luck|✌️ peace victory|👉 point right|👇 point down|🫡 salute|🧠 brain|
💡 idea bulb|📚 books study|📖 book read|📝 memo note|✏️ pencil write|📐 triangle geometry|📊 chart|📈 chart up|🧮 abacus|🔬 microscope science|🧪 test tube|🎓 graduation|🏆 trophy win|🥇 gold first|⭐ star|✨ sparkles|
🚀 rocket ship launch|⚡ zap fast|💥 boom|⏰ alarm clock|⏳ hourglass wait|📅 calendar date|📌 pushpin|🔗 link|🔍 search|🔒 lock|🔑 key|🛠️ tools fix|🐛 bug|♻️ recycle refactor|⚠️ warning|❌ cross no wrong|❓ question|❗ exclamation|➕ plus|➖ minus|
☕ coffee|🍵 tea|🍕 pizza|🍪 cookie|🍎 apple|🍰 cake|🎂 birthday|🎵 music|🎧 headphones|☀️ sun|🌧️ rain|🌈 rainbow|🌱 seedling grow|🐱 cat|🐶 dog|🦉 owl|🐢 turtle slow|🧭 compass|🏠 home|🌍 world earth|💤 zzz|💬 speech`;

const EMOJI = LIST.split('|').map(item => {
    const [char, ...words] = item.trim().split(' ');
    return { char, name: words.join(' ') };
});
export const QUICK = ['👍', '❤️', '😂', '🎉', '👀'];

export function findEmoji(query, most) {
    const wanted = query.toLowerCase().replaceAll('_', ' ');
    const rank = one => one.name.startsWith(wanted) ? 0 : one.name.includes(` ${wanted}`) ? 1 : one.name.includes(wanted) ? 2 : 3;
    return EMOJI.filter(one => rank(one) < 3).sort((a, b) => rank(a) - rank(b)).slice(0, most);
}

export function openEmojiPicker(anchor, choose) {
    const grid = h('div', { class: 'emoji-grid', role: 'listbox', 'aria-label': 'Emoji' });
    const show = query => fill(grid, findEmoji(query, EMOJI.length).map(one =>
        h('button', { type: 'button', role: 'option', title: one.name, 'aria-label': one.name, onclick: () => { close(); choose(one.char); } }, one.char)));
    const input = h('input', {
        class: 'field', role: 'searchbox', enterkeyhint: 'search', placeholder: 'Find an emoji', 'aria-label': 'Find an emoji', autocomplete: 'off',
        oninput: () => show(input.value.trim()),
        onkeydown: event => { if (event.key === 'Enter') { event.preventDefault(); grid.firstElementChild?.click(); } },
    });
    grid.addEventListener('keydown', event => {
        const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8 }[event.key];
        if (!step) return;
        event.preventDefault();
        const all = [...grid.children];
        const next = all.indexOf(document.activeElement) + step;
        (next < 0 ? input : all[Math.min(next, all.length - 1)]).focus();
    });
    input.addEventListener('keydown', event => { if (event.key === 'ArrowDown') { event.preventDefault(); grid.firstElementChild?.focus(); } });
    show('');
    const close = openPopover(anchor, h('div', { class: 'emoji-picker', role: 'dialog', 'aria-label': 'Choose an emoji' }, input, grid));
    input.focus();
}
