// Takes an image to search for: chosen from files, dropped on the form, or pasted into it.

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
        'Choose an image, drop one here, or paste one: finds the images that CLIP finds most like it.',
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

  const hover = isOver => form.classList.toggle('is-target', isOver);
  preview.addEventListener('error', () => (preview.hidden = true));
  input.addEventListener('change', () => {
    take(input.files);
    input.value = ''; // the same file may be chosen again
  });
  form.addEventListener(
    'paste',
    event => take(event.clipboardData.files) && event.preventDefault(),
  );
  form.addEventListener('dragover', event => {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    hover(true);
  });
  form.addEventListener('dragleave', event => form.contains(event.relatedTarget) || hover(false));
  form.addEventListener('drop', event => {
    hover(false);
    if (take(event.dataTransfer.files)) event.preventDefault();
  });
  return { fields: [button, input], preview, show };
}
