// Draws the points: WebGL2, or a plain canvas where there is none. Both take the points sorted by
// prototype, so that a selection is a range of one buffer and lighting it up uploads nothing.
//   upload(points); recolour(palette bytes, grey bytes);
//   draw({ width, height, dpr, scale, centre, size, selected })

const DIMMED = 0.13;
const LEFT_OUT = 0.35;

export function makePainter(canvas) {
  const wanted = !/[?&]nogl\b/.test(location.search);
  const gl = wanted && canvas.getContext('webgl2', { antialias: false });
  return gl ? webgl(gl) : plain(canvas.getContext('2d'));
}

const VERTEX = `#version 300 es
in vec2 place; in float prototype;
uniform vec4 view; uniform float size; uniform float alpha; uniform sampler2D palette;
out vec4 colour;
void main() {
  gl_Position = vec4(place * view.xy + view.zw, 0, 1);
  gl_PointSize = size;
  colour = vec4(texelFetch(palette, ivec2(int(prototype) + 1, 0), 0).rgb, alpha);
}`;
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
  const [view, size, alpha] = ['view', 'size', 'alpha'].map(uniform);
  const buffers = {};
  let points = null;

  const attribute = (name, values, width) => {
    buffers[name] ||= gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, buffers[name]);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.STATIC_DRAW);
    const location = gl.getAttribLocation(program, name);
    gl.enableVertexAttribArray(location);
    gl.vertexAttribPointer(location, width, gl.FLOAT, false, 0, 0);
  };
  const range = (from, to, opacity, pixels) => {
    if (to <= from) return;
    gl.uniform1f(alpha, opacity);
    gl.uniform1f(size, pixels);
    gl.drawArrays(gl.POINTS, from, to - from);
  };
  return {
    name: 'webgl2',
    upload(given) {
      points = given;
      const places = new Float32Array(2 * points.n);
      const prototypes = new Float32Array(points.n);
      points.order.forEach((i, at) => {
        places[2 * at] = points.x[i];
        places[2 * at + 1] = points.y[i];
        prototypes[at] = points.prototype[i];
      });
      attribute('place', places, 2);
      attribute('prototype', prototypes, 1);
    },
    recolour(palette, grey) {
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
      for (const [from, to, opacity, bigger] of layers(points, at.selected))
        range(from, to, opacity, at.size * bigger * at.dpr);
    },
  };
}

function plain(context) {
  let points = null;
  let colours = [];
  return {
    name: 'canvas2d',
    upload(given) {
      points = given;
    },
    recolour(palette, grey) {
      const bytes = [...grey.subarray(0, 4), ...palette];
      colours = Array.from({ length: bytes.length / 4 }, (_, c) =>
        `rgb(${bytes[4 * c]} ${bytes[4 * c + 1]} ${bytes[4 * c + 2]})`);
    },
    draw(at) {
      context.setTransform(at.dpr, 0, 0, at.dpr, 0, 0);
      context.clearRect(0, 0, at.width, at.height);
      if (!points) return;
      for (const [from, to, opacity, bigger] of layers(points, at.selected)) {
        context.globalAlpha = opacity;
        const side = at.size * bigger * 0.86;
        for (let place = from; place < to; place++) {
          const i = points.order[place];
          const left = (points.x[i] - at.centre[0]) * at.scale + at.width / 2 - side / 2;
          const top = at.height / 2 - (points.y[i] - at.centre[1]) * at.scale - side / 2;
          if (left < -side || top < -side || left > at.width || top > at.height) continue;
          context.fillStyle = colours[points.prototype[i] + 1];
          context.fillRect(left, top, side, side);
        }
      }
    },
  };
}

/** Ranges of the sorted points with opacity and size, from the back to the front. */
function layers(points, selected) {
  const isLit = selected !== null && selected < points.k;
  const rest = isLit ? DIMMED : 0.82;
  const drawn = [
    [0, points.start[1], isLit ? DIMMED : LEFT_OUT, 0.8],
    [points.start[1], points.n, rest, 1],
  ];
  if (isLit) drawn.push([points.start[selected + 1], points.start[selected + 2], 1, 1.35]);
  return drawn;
}
