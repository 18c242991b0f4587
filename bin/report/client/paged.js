'use strict';

/** Lists of any length, of which a part is shown, and more on request. */

const { count } = require('../words.js');

class Paged {
  #container;
  #button;
  #makeItem;
  #step;
  #length = 0;
  #shown = 0;

  /**
   * @param {Element} container
   * @param {HTMLElement} button Shows more.
   * @param {(index: number) => Node} makeItem
   * @param {number} [step] How many items are added at once.
   */
  constructor(container, button, makeItem, step = 100) {
    this.#container = container;
    this.#button = button;
    this.#makeItem = makeItem;
    this.#step = step;
    button.addEventListener('click', () => this.#showMore());
  }

  /**
   * Shows the first items of a list.
   *
   * @param {number} length
   */
  show(length) {
    this.#length = length;
    this.#shown = 0;
    this.#container.replaceChildren();
    this.#add();
  }

  #add() {
    const end = Math.min(this.#length, this.#shown + this.#step);
    const items = [];
    for (let index = this.#shown; index < end; index += 1) items.push(this.#makeItem(index));
    this.#container.append(...items);
    this.#shown = end;
    const rest = this.#length - end;
    this.#button.hidden = rest === 0;
    this.#button.textContent = `Show ${Math.min(this.#step, rest)} more of ${count(rest)}`;
  }

  /** The focus moves to the first new item, as the button may be gone. */
  #showMore() {
    const first = this.#shown;
    this.#add();
    const item = this.#container.children[first];
    if (!(item instanceof HTMLElement)) return;
    item.tabIndex = -1;
    item.focus();
  }
}

exports.Paged = Paged;
