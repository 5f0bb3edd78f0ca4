// Pointer, wheel, touch and keys on the map, turned into what they mean:
// pan(dx, dy), zoom(factor, x, y), reset(), click(x, y, { isTouch, adds }), over(x, y), leave(), clear();
// outline(path, adds) while one is drawn, enclose(path, adds) at its end. tool() is what dragging
// does: 'move', 'lasso' or 'box'; with Shift it draws a box and adds.

const CLICK_PX = 4;
const STEP_PX = 60;
const CORNER_PX = 3; // between corners of a lasso: every corner is compared with every point

export function watchGestures(frame, does) {
  watchWheel(frame, does);
  watchPointers(frame, does);
  watchKeys(frame, does);
}

/** Where an event is in the frame. */
function placeOf(event, frame) {
  const box = frame.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

function watchWheel(frame, does) {
  frame.addEventListener(
    'wheel',
    event => {
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 16 : 1;
      does.zoom(Math.exp(-event.deltaY * lines * 0.0015), ...placeOf(event, frame));
    },
    { passive: false },
  );
}

function watchPointers(frame, does) {
  const fingers = new Map(); // pointer id -> last [x, y]
  let began = null;
  let hasMoved = false;
  let path = null; // while an outline is drawn

  frame.addEventListener('pointerdown', event => {
    if (event.button) return;
    frame.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, placeOf(event, frame));
    if (fingers.size === 1) {
      [began, hasMoved] = [placeOf(event, frame), false];
      path = does.tool() !== 'move' || event.shiftKey ? [began] : null;
    } else if (path) does.outline((path = null)); // a second finger means to move
    does.leave();
  });

  frame.addEventListener('pointermove', event => {
    const [x, y] = placeOf(event, frame);
    if (!fingers.has(event.pointerId)) {
      if (event.pointerType !== 'touch') does.over(x, y);
      return;
    }
    if (Math.hypot(x - began[0], y - began[1]) > CLICK_PX) hasMoved = true;
    if (fingers.size > 1) {
      hasMoved = true;
      pinch(fingers, event.pointerId, [x, y], does);
    } else if (hasMoved && path)
      does.outline((path = longer(path, began, [x, y], does.tool() === 'lasso')));
    else if (hasMoved) {
      const [fromX, fromY] = fingers.get(event.pointerId);
      does.pan(x - fromX, y - fromY);
    } else return; // keeps where the finger was, so that the pan starts without a jump
    fingers.set(event.pointerId, [x, y]);
  });

  function end(event) {
    const wasLast = fingers.delete(event.pointerId) && fingers.size === 0;
    const drawn = path;
    if (wasLast) path = null;
    if (wasLast && drawn && hasMoved)
      does.enclose(event.type === 'pointercancel' ? [] : drawn, event.shiftKey);
    if (!wasLast || event.type === 'pointercancel' || hasMoved) return;
    const isTouch = event.pointerType === 'touch';
    does.click(...placeOf(event, frame), { isTouch, adds: event.shiftKey });
  }
  frame.addEventListener('pointerup', end);
  frame.addEventListener('pointercancel', end);
  frame.addEventListener('pointerleave', does.leave);
}

/** One of two fingers moves: the middle between them pans, their distance zooms. */
function pinch(fingers, moving, [x, y], does) {
  const [still] = [...fingers].filter(([id]) => id !== moving).map(([, place]) => place);
  const [fromX, fromY] = fingers.get(moving);
  const before = Math.hypot(fromX - still[0], fromY - still[1]);
  const after = Math.hypot(x - still[0], y - still[1]);
  does.pan((x - fromX) / 2, (y - fromY) / 2);
  if (before > 0) does.zoom(after / before, (x + still[0]) / 2, (y + still[1]) / 2);
}

/** The outline once the pointer is at a place; a lasso gets corners some way apart. */
function longer(path, began, [x, y], isLasso) {
  if (!isLasso) return box(began, [x, y]);
  const [lastX, lastY] = path.at(-1);
  if (Math.hypot(x - lastX, y - lastY) >= CORNER_PX) path.push([x, y]);
  return path;
}

function watchKeys(frame, does) {
  frame.addEventListener('keydown', event => {
    if (event.target !== frame || event.ctrlKey || event.metaKey || event.altKey) return;
    const [x, y] = [frame.clientWidth / 2, frame.clientHeight / 2];
    const meant = {
      ArrowLeft: () => does.pan(STEP_PX, 0),
      ArrowRight: () => does.pan(-STEP_PX, 0),
      ArrowUp: () => does.pan(0, STEP_PX),
      ArrowDown: () => does.pan(0, -STEP_PX),
      '+': () => does.zoom(1.3, x, y),
      '=': () => does.zoom(1.3, x, y),
      '-': () => does.zoom(1 / 1.3, x, y),
      0: () => does.reset(),
      Enter: () => does.click(x, y, { adds: event.shiftKey, reach: Math.hypot(x, y) }),
      Escape: () => does.clear(),
    }[event.key];
    if (!meant) return;
    event.preventDefault();
    meant();
  });
}

const box = ([a, b], [c, d]) => [
  [a, b],
  [c, b],
  [c, d],
  [a, d],
];
