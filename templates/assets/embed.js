// For pages that show a race of Herald in a frame:
//   <iframe data-herald src="https://results.example/…/mayor.html#embed"></iframe>
// Gives each such frame the height that its page asks for, and believes
// nothing else it says. Frames of Pym need no script but Pym's own.
"use strict";
(() => {
  const frames = () => [...document.querySelectorAll("iframe[data-herald]")];
  const origin = (f) => new URL(f.src, location.href).origin;

  addEventListener("message", (event) => {
    const height = /^pymxPYMx[^]*xPYMxheightxPYMx(\d{1,5})$/.exec(event.data);
    const frame = height && frames().find((f) => f.contentWindow === event.source);
    if (frame && event.origin === origin(frame)) frame.style.height = height[1] + "px";
  });

  // Those that spoke before this script was here speak again.
  const ask = () => frames().forEach((f) => f.contentWindow?.postMessage("herald", "*"));
  addEventListener("load", ask);
  ask();
})();
