// Draws the points: WebGL2, or a plain canvas where there is none. Both take the points sorted by
// prototype, so that a selection is a range of one buffer and lighting it up uploads nothing.
//   upload(points);
//   recolour({ classes, palette, grey, paper, leftOut }): the class of each point is its place in the
//     palette, -1 for grey; colours are bytes of red, green, blue, 255; leftOut is the share of their
//     colour that points of no prototype keep;
//   light(mask): those points stand out, one byte per point; null lights none;
//   draw({ width, height, dpr, scale, centre, size, selected })

const SHEER = 0.82; // so that dense places look denser
const FADED = 0.16; // share of its colour that a point keeps beside a selection

export function makePainter(canvas) {
  const wanted = !/[?&]nogl\b/.test(location.search);
  const gl = wanted && canvas.getContext('webgl2', { antialias: false });
  return gl ? webgl(gl) : plain(canvas.getContext('2d'));
}

const VERTEX = `#version 300 es
in vec2 place; in float kind; in float lit;
uniform vec4 view; uniform float size; uniform float only; uniform vec2 look; uniform vec3 paper; uniform sampler2D palette;
out vec4 colour;
void main() {
  bool isWanted = only < 0. || only == lit;
  gl_Position = isWanted ? vec4(place * view.xy + view.zw, 0, 1) : vec4(2, 2, 2, 1);
  gl_PointSize = size;
  vec3 full = texelFetch(palette, ivec2(int(kind) + 1, 0), 0).rgb;
  colour = vec4(mix(paper, full, look.y), look.x); // faded is mixed, not sheer: many sheer points
}`; // at one place would add up to a bright one
const FRAGMENT = `#version 300 es
precision highp float;
in vec4 colour; uniform float size; out vec4 shown;
void main() {
  float outside = (length(gl_PointCoord - .5) - .5) * size + .5;
  float cover = clamp(.5 - outside, 0., 1.) * colour.a;
  if (cover <= 0.) discard;
  shown = vec4(colour.rgb * cover, cover);
}`;

function webgl(gl) {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw Error(gl.getShaderInfoLog(shader));
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw Error(gl.getProgramInfoLog(program));
  gl.useProgram(program);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER])
    gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
  const uniform = name => gl.getUniformLocation(program, name);
  const [view, size, look, sheet, onlyThese] = ['view', 'size', 'look', 'paper', 'only'].map(uniform);
  const buffers = {};
  let points = null;
  let faint = 1;
  let bigLit = null; // how much bigger lit points are, or null

  const attribute = (name, values, width) => {
    buffers[name] ||= gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, buffers[name]);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
    const location = gl.getAttribLocation(program, name);
    const type = values instanceof Uint8Array ? gl.UNSIGNED_BYTE : gl.FLOAT;
    gl.enableVertexAttribArray(location);
    gl.vertexAttribPointer(location, width, type, false, 0, 0);
  };
  const sorted = (values, into) => {
    for (let at = 0; at < points.n; at++) into[at] = values[points.order[at]];
    return into;
  };
  const range = ({ from, to, opacity, strength, only = -1 }, pixels) => {
    if (to <= from) return;
    gl.uniform2f(look, opacity, strength);
    gl.uniform1f(onlyThese, only);
    gl.uniform1f(size, pixels);
    gl.drawArrays(gl.POINTS, from, to - from);
  };
  return {
    name: 'webgl2',
    upload(given) {
      points = given;
      const places = new Float32Array(2 * points.n);
      points.order.forEach((i, at) => {
        places[2 * at] = points.x[i];
        places[2 * at + 1] = points.y[i];
      });
      attribute('place', places, 2);
      attribute('lit', new Uint8Array(points.n), 1);
      bigLit = null;
    },
    light(mask) {
      bigLit = mask && swollen(mask);
      if (bigLit) attribute('lit', sorted(mask, new Uint8Array(points.n)), 1);
    },
    recolour({ classes, palette, grey, paper, leftOut }) {
      faint = leftOut;
      attribute('kind', sorted(classes, new Float32Array(points.n)), 1);
      gl.uniform3f(sheet, paper[0] / 255, paper[1] / 255, paper[2] / 255);
      const texels = new Uint8Array(palette.length + 4);
      texels.set(grey);
      texels.set(palette, 4);
      const width = texels.length / 4;
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, width, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, texels);
    },
    draw(at) {
      gl.viewport(0, 0, at.width * at.dpr, at.height * at.dpr);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      if (!points) return;
      const [sx, sy] = [(2 * at.scale) / at.width, (2 * at.scale) / at.height];
      gl.uniform4f(view, sx, sy, -at.centre[0] * sx, -at.centre[1] * sy);
      for (const layer of layers(points, at.selected, bigLit, faint))
        range(layer, at.size * layer.bigger * at.dpr);
    },
  };
}

function plain(context) {
  let points = null;
  let colours = [];
  let paper = [255, 255, 255];
  let kinds = null;
  let lit = null;
  let bigLit = null;
  let faint = 1;
  const faded = (colour, strength) =>
    `rgb(${colour.map((value, c) => Math.round(paper[c] + strength * (value - paper[c]))).join(' ')})`;
  return {
    name: 'canvas2d',
    upload(given) {
      points = given;
      lit = bigLit = null;
    },
    light(mask) {
      [lit, bigLit] = [mask, mask && swollen(mask)];
    },
    recolour({ classes, palette, grey, paper: sheet, leftOut }) {
      [kinds, faint] = [classes, leftOut];
      const bytes = [...grey, ...palette];
      paper = [...sheet];
      colours = Array.from({ length: bytes.length / 4 }, (_, c) => bytes.slice(4 * c, 4 * c + 3));
    },
    draw(at) {
      context.setTransform(at.dpr, 0, 0, at.dpr, 0, 0);
      context.clearRect(0, 0, at.width, at.height);
      if (!points) return;
      for (const { from, to, opacity, strength, bigger, only } of layers(points, at.selected, bigLit, faint)) {
        context.globalAlpha = opacity;
        const side = at.size * bigger * 0.86;
        let last = null;
        for (let place = from; place < to; place++) {
          const i = points.order[place];
          if (only !== undefined && only !== lit[i]) continue;
          const left = (points.x[i] - at.centre[0]) * at.scale + at.width / 2 - side / 2;
          const top = at.height / 2 - (points.y[i] - at.centre[1]) * at.scale - side / 2;
          if (left < -side || top < -side || left > at.width || top > at.height) continue;
          if (kinds[i] !== last) {
            last = kinds[i];
            context.fillStyle = faded(colours[last + 1], strength);
          }
          context.fillRect(left, top, side, side);
        }
      }
    },
  };
}

/** How much bigger the points of a mask are drawn: a few must not drown among many. */
const swollen = mask => (mask.reduce((n, each) => n + each, 0) < 300 ? 2 : 1.3);

/** Ranges of the sorted points and how they look, from the back to the front. */
function layers({ start, n }, selected, bigLit, leftOut) {
  if (bigLit)
    return [
      { from: 0, to: n, opacity: 1, strength: FADED, bigger: 0.9, only: 0 },
      { from: 0, to: n, opacity: 1, strength: 1, bigger: bigLit, only: 1 },
    ];
  if (selected !== null && selected + 2 < start.length)
    return [
      { from: 0, to: n, opacity: 1, strength: FADED, bigger: 0.9 },
      { from: start[selected + 1], to: start[selected + 2], opacity: 1, strength: 1, bigger: 1.35 },
    ];
  return [
    { from: 0, to: start[1], opacity: 1, strength: leftOut, bigger: leftOut < 1 ? 0.8 : 1 },
    { from: start[1], to: n, opacity: SHEER, strength: 1, bigger: 1 },
  ];
}
