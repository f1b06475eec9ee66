// Of every text: whether it stands out from its ground (4.5 times, large text 3 times), and where it stands.
() => {
  const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
  const over = ([r, g, b, a = 1], ground) => [r, g, b].map((part, i) => part * a + ground[i] * (1 - a));
  const white = [255, 255, 255];
  const ground = (one) => (one ? over(parts(getComputedStyle(one).backgroundColor), ground(one.parentElement)) : white);
  const linear = (part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const least = ({ fontSize, fontWeight }) => (parseFloat(fontSize) >= (fontWeight >= 700 ? 18.66 : 24) ? 3 : 4.5);
  const snapshot = XPathResult.ORDERED_NODE_SNAPSHOT_TYPE;
  const texts = document.evaluate("//body//text()[normalize-space()]", document, null, snapshot);
  const holders = new Set();
  for (let i = 0; i < texts.snapshotLength; i++) holders.add(texts.snapshotItem(i).parentElement);
  return [...holders].filter((one) => one.checkVisibility()).flatMap((one) => {
    const style = getComputedStyle(one);
    const colour = parts(one.closest("svg") ? style.fill : style.color);
    // In a drawing, white text stands on a mark of the drawing.
    if (one.closest("svg") && String(colour.slice(0, 3)) === String(white)) return [];
    const below = ground(one);
    return [[ratio(over(colour, below), below) >= least(style), one.outerHTML.slice(0, 120)]];
  });
}
