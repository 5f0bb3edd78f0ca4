// The keyboard in a table: up, down, Home and End go from row to row, and only one row is a tab stop.

const STEPS = {
  ArrowUp: at => at - 1,
  ArrowDown: at => at + 1,
  Home: () => 0,
  End: (at, n) => n - 1,
};

export function walkRows(body) {
  body.addEventListener('keydown', event => {
    const rows = [...body.children];
    const step = STEPS[event.key];
    const at = rows.indexOf(event.target); // -1 while a control in a row has the keyboard
    if (!step || at < 0) return;
    event.preventDefault();
    rows[Math.min(rows.length - 1, Math.max(0, step(at, rows.length)))].focus();
  });
  body.addEventListener('focusin', ({ target }) => makeStop(body, target.closest('tr')));
}

/** Makes a row the one that Tab comes to, or the first one where it is not there. */
export function makeStop(body, row) {
  const rows = [...body.children].filter(each => each.hasAttribute('tabindex'));
  const stop = rows.includes(row) ? row : rows[0];
  for (const each of rows) each.tabIndex = each === stop ? 0 : -1;
}

/** Scrolls a table's frame, and nothing else, so that a row is seen below its head. */
export function reveal(frame, row) {
  const head = frame.querySelector('thead').offsetHeight;
  const [top, bottom] = [row.offsetTop - head, row.offsetTop + row.offsetHeight];
  if (top < frame.scrollTop) frame.scrollTop = top;
  else if (bottom > frame.scrollTop + frame.clientHeight)
    frame.scrollTop = bottom - frame.clientHeight;
}
