// Light, dark, or as the system has it. What somebody chose stays on their machine; an address that
// names a theme goes before it, until they choose another.

import { put } from './address.js';
import { keep, kept } from './keeping.js';
import { make } from './page.js';

const KEPT = 'explorer-theme';
const NAMED = '__theme'; // as Gradio calls it
const WAYS = { system: 'System theme', light: 'Light', dark: 'Dark' };

/** @param {Element} element */
export function mount(element) {
  const options = Object.entries(WAYS).map(([value, text]) => make('option', { value }, text));
  const choice = make('select', { class: 'tool', 'aria-label': 'Theme' }, options);
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  const show = () => {
    const isDark = choice.value === 'dark' || (choice.value === 'system' && system.matches);
    document.body.classList.toggle('dark', isDark);
  };
  const asked = new URLSearchParams(location.search).get(NAMED) ?? kept(KEPT);
  choice.value = asked && asked in WAYS ? asked : 'system';
  choice.onchange = () => {
    keep(KEPT, choice.value);
    put({ [NAMED]: null });
    show();
  };
  system.addEventListener('change', show); // after Gradio, which follows the system always
  element.querySelector('.theme-view')?.append(choice);
  show();
}
