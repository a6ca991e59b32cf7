/* What a test can see of a page: an object of questions, each answered with what is wrong, or with measures. */
({
  shown(but = "svg") {
    const hidden = (one) => !one.checkVisibility() || one.closest(`.visually-hidden, .skip, ${but}`);
    return [...document.querySelectorAll("body *")].filter((one) => !hidden(one));
  },

  name: (one) => `${one.tagName}.${one.className} ${one.textContent.trim().slice(0, 30)}`,

  /** What reaches beyond the screen or out of its own box, and what is too small for a finger. */
  misfits() {
    const wide = document.documentElement.clientWidth;
    const outside = (one) => {
      const { left, right } = one.getBoundingClientRect();
      return right > wide + 1 || left < -1;
    };
    const bursts = (one) => {
      const boxed = one.clientWidth && one.tagName !== "DETAILS" && getComputedStyle(one).display !== "inline";
      return boxed && one.scrollWidth > one.clientWidth + 1;
    };
    const small = (one) => {
      const { width, height } = (one.closest(".reply, .area") ?? one).getBoundingClientRect();
      return width < 43.5 || height < 43.5;
    };
    const pressed = "a[href], button, summary, input:not([type=hidden]), textarea, select";
    return [
      ...this.shown().filter(outside).map((one) => `beyond the screen: ${this.name(one)}`),
      ...this.shown().filter(bursts).map((one) => `out of its box: ${this.name(one)}`),
      ...this.shown().filter((one) => one.matches(pressed) && small(one)).map((one) => `too small: ${this.name(one)}`),
    ];
  },

  /** Text with less contrast than wanted to what is behind it; boxes and progress with less than 3, or 7 for 15. */
  pale(wanted) {
    const least = wanted > 7 ? 7 : 3;
    const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
    const light = (colour) => {
      const linear = (v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
      const [r, g, b] = parts(colour).map((v) => linear(v / 255));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (one, other) => {
      const [low, high] = [light(one), light(other)].sort((x, y) => x - y);
      return (high + 0.05) / (low + 0.05);
    };
    const behind = (one) => {
      const ground = getComputedStyle(one).backgroundColor;
      if (parts(ground)[3] !== 0) return ground;
      return one.parentElement ? behind(one.parentElement) : "rgb(255, 255, 255)";
    };
    const speaks = (one) => [...one.childNodes].some((node) => node.nodeName === "#text" && node.textContent.trim());
    const boxes = ".button:not(.quiet), .reply, .area, input:not([type=hidden]), textarea";
    const shown = this.shown("svg, progress");
    const style = (one) => getComputedStyle(one);
    const found = [
      ...shown.filter(speaks).map((one) => [contrast(style(one).color, behind(one)), wanted, one]),
      ...shown
        .filter((one) => one.matches(boxes))
        .map((one) => [contrast(style(one).borderTopColor, behind(one.parentElement)), least, one]),
      ...[...document.querySelectorAll("progress")].map((one) => [contrast(style(one).color, behind(one)), least, one]),
    ];
    return found.filter(([has, needs]) => has < needs).map(([has, , one]) => `${has.toFixed(1)} ${this.name(one)}`);
  },

  /** Letters of each kind in pixels, and the mark of a reply. */
  sizes() {
    const inMain = ["h1", "legend", ".hint", ".reply", "main .button.main"];
    const around = ["header .button", ".called p", ".bar-clinic", ".patient-foot .button"];
    const size = (what) => parseFloat(getComputedStyle(document.querySelector(what)).fontSize);
    const texts = [...inMain, ...around].map((what) => [what, size(what)]);
    return { ...Object.fromEntries(texts), mark: document.querySelector(".reply input").offsetWidth };
  },

  moving() {
    const moves = (style) =>
      style.animationName !== "none" || style.scrollBehavior === "smooth" || /[1-9]/.test(style.transitionDuration);
    return [...document.querySelectorAll("*")].filter((one) => moves(getComputedStyle(one))).map(this.name);
  },
})
