/** What inABrowser.test.ts runs in the page itself. */
globalThis.look = {
  openAll() {
    for (const each of document.querySelectorAll("details")) each.open = true;
  },

  addresses() {
    return [...document.querySelectorAll("td:first-child")].map((cell) => cell.innerText);
  },

  /** Those of the addresses that are not found, alone, by typing them. */
  missed(addresses) {
    const field = document.querySelector("#find");
    return addresses.filter((address) => {
      field.value = address;
      field.dispatchEvent(new Event("input"));
      const found = [...document.querySelectorAll("details[open]:not([hidden]) tbody tr:not([hidden])")];
      return found.length !== 1 || !found[0].textContent.includes(address);
    });
  },

  /** The texts in the boxes of a Mermaid chart. */
  async drawn(chart) {
    const { svg } = await mermaid.render("fleet", chart);
    document.body.innerHTML = svg;
    return [...document.querySelectorAll(".node")].map((node) => node.textContent.trim());
  },

  /** Texts that reach beyond the window or their box, and texts that lie on top of each other. */
  misplaced() {
    const found = [];
    const wide = document.documentElement.scrollWidth;
    if (wide > innerWidth) found.push(`the page is ${wide} wide, the window ${innerWidth}`);
    const shown = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      const text = node.textContent.trim();
      if (text === "" || parent.closest("script, title") || !parent.checkVisibility()) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const clips = getComputedStyle(parent).overflow === "hidden";
      const clip = clips ? parent.getBoundingClientRect() : { left: -Infinity, right: Infinity };
      const box = parent.closest("g")?.querySelector("rect").getBoundingClientRect();
      for (const { left: begin, right: end, top, bottom, width } of range.getClientRects()) {
        const [left, right] = [Math.max(begin, clip.left), Math.min(end, clip.right)];
        if (width === 0 || left >= right) continue;
        shown.push({ node, text, left, right, top, bottom });
        if (box && (left < box.left || right > box.right)) found.push(`${text} reaches beyond its box`);
        // The drawing scrolls by itself.
        if (!parent.closest(".drawing") && (left < 0 || right > innerWidth))
          found.push(`${text} reaches beyond the window`);
      }
    }
    shown.sort((a, b) => a.top - b.top);
    shown.forEach((one, at) => {
      for (let next = at + 1; next < shown.length && shown[next].top < one.bottom - 2; next += 1) {
        const other = shown[next];
        if (other.node !== one.node && other.left < one.right - 1 && one.left < other.right - 1)
          found.push(`${one.text} and ${other.text} lie on top of each other`);
      }
    });
    return found.slice(0, 10);
  },
};
