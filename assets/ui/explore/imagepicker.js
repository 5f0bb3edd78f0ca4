// Takes an image to search for: chosen from files, or dropped or pasted while the form is to be seen.

import { make } from '../common/page.js';

/** given(file) is called with what comes; show(file) previews it, or nothing. */
export function makeImagePicker(form, given) {
  const input = make('input', {
    type: 'file',
    accept: 'image/*',
    hidden: true,
    'aria-label': 'An image to search for',
  });
  const button = make(
    'button',
    {
      type: 'button',
      class: 'tool',
      title:
        'Choose an image, drop one anywhere here, or paste one: finds the images that CLIP finds most like it.',
      onclick: () => input.click(),
    },
    'Image …',
  );
  const preview = make('img', {
    alt: 'The image that was searched for',
    width: 44,
    height: 44,
    hidden: true,
  });

  function take(files) {
    const [file] = files;
    if (file) given(file);
    return Boolean(file);
  }

  function show(file) {
    URL.revokeObjectURL(preview.src);
    preview.hidden = !file;
    if (file) preview.src = URL.createObjectURL(file);
    else preview.removeAttribute('src');
  }

  preview.addEventListener('error', () => (preview.hidden = true));
  input.addEventListener('change', () => {
    take(input.files);
    input.value = ''; // the same file may be chosen again
  });
  takeFromPage(form, take);
  return { fields: [button, input], preview, show };
}

/** Takes what is dropped or pasted anywhere while `form` is to be seen: dropped beside it, the browser
 * would leave the page for the image. */
function takeFromPage(form, take) {
  const hover = isOver => form.classList.toggle('is-target', isOver);
  document.addEventListener('paste', event => {
    if (form.checkVisibility() && take(event.clipboardData.files)) event.preventDefault();
  });
  document.addEventListener('dragover', event => {
    if (!form.checkVisibility() || !event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    hover(true);
  });
  document.addEventListener('dragleave', event => event.relatedTarget || hover(false)); // out of the page
  document.addEventListener('drop', event => {
    if (!form.checkVisibility() || !event.dataTransfer.files.length) return;
    event.preventDefault();
    hover(false);
    take(event.dataTransfer.files);
  });
}
