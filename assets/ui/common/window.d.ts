// What Gradio puts into the page's window.

interface Window {
  gradio_config?: { root?: string };
}
