// Draws the layers of painter.js with WebGL2.

const VERTEX = `#version 300 es
in vec2 place; in vec3 colour;
uniform vec4 view; uniform float size; uniform vec2 look; uniform vec3 paper;
flat out vec4 tint;
void main() {
  gl_Position = vec4(place * view.xy + view.zw, 0, 1);
  gl_PointSize = size;
  tint = vec4(mix(paper, colour, look.y), look.x); // faded is mixed, not sheer: many sheer points
}`; // at one place would add up to a bright one
const FRAGMENT = `#version 300 es
precision highp float;
flat in vec4 tint; uniform float size; out vec4 shown;
void main() {
  vec2 from = gl_PointCoord - .5;
  float cover = clamp((.5 - length(from)) * size, 0., 1.) * tint.a;
  shown = vec4(tint.rgb * cover, cover);
}`;

export function webgl(gl) {
  const program = link(gl);
  gl.useProgram(program);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  const [view, size, look, paper] = ['view', 'size', 'look', 'paper'].map(name =>
    gl.getUniformLocation(program, name),
  );
  const attributes = attributesOf(gl, program);
  const [places, colours] = attributes;
  const lit = gl.createBuffer();
  let points = null;

  const fill = (target, buffer, values) => {
    gl.bindBuffer(target, buffer);
    gl.bufferData(target, values, gl.STATIC_DRAW);
  };

  const drawLayer = ({ from, to, every, opacity, strength, isLit }, pixels) => {
    if (to <= from) return;
    gl.uniform2f(look, opacity, strength);
    gl.uniform1f(size, pixels);
    read(gl, attributes, isLit ? 0 : from, every);
    if (isLit) gl.drawElements(gl.POINTS, to, gl.UNSIGNED_INT, 0);
    else gl.drawArrays(gl.POINTS, 0, Math.ceil((to - from) / every));
  };

  return {
    name: 'webgl2',
    upload(given) {
      points = given;
      const values = new Float32Array(2 * points.n);
      points.order.forEach((i, at) => {
        values[2 * at] = points.x[i];
        values[2 * at + 1] = points.y[i];
      });
      fill(gl.ARRAY_BUFFER, places.buffer, values);
    },
    light: found => found && fill(gl.ELEMENT_ARRAY_BUFFER, lit, found),
    recolour({ classes, palette, grey, paper: sheet }) {
      const known = new Uint32Array(Uint8Array.from([...grey, ...palette]).buffer);
      const values = Uint32Array.from(points.order, i => known[classes[i] + 1]);
      fill(gl.ARRAY_BUFFER, colours.buffer, values);
      gl.uniform3f(paper, sheet[0] / 255, sheet[1] / 255, sheet[2] / 255);
    },
    draw({ width, height, dpr, scale, centre, size: pixels }, layers) {
      gl.viewport(0, 0, width * dpr, height * dpr);
      gl.clearColor(0, 0, 0, 0);
      gl.clear(gl.COLOR_BUFFER_BIT);
      const [sx, sy] = [(2 * scale) / width, (2 * scale) / height];
      gl.uniform4f(view, sx, sy, -centre[0] * sx, -centre[1] * sy);
      for (const layer of layers) drawLayer(layer, pixels * layer.bigger * dpr);
    },
    finish: () => gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4)),
  };
}

function attributesOf(gl, program) {
  const attributes = [
    { name: 'place', width: 2, type: gl.FLOAT, bytes: 8 },
    { name: 'colour', width: 3, type: gl.UNSIGNED_BYTE, bytes: 4 }, // the fourth byte is not read
  ].map(each => ({
    ...each,
    at: gl.getAttribLocation(program, each.name),
    buffer: gl.createBuffer(),
  }));
  for (const { at } of attributes) gl.enableVertexAttribArray(at);
  return attributes;
}

/** Reads each `every`-th point from `from` on. */
function read(gl, attributes, from, every) {
  for (const { at, buffer, width, type, bytes } of attributes) {
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.vertexAttribPointer(at, width, type, true, every * bytes, from * bytes);
  }
}

function link(gl) {
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, VERTEX],
    [gl.FRAGMENT_SHADER, FRAGMENT],
  ]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw Error(gl.getShaderInfoLog(shader));
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw Error(gl.getProgramInfoLog(program));
  return program;
}
