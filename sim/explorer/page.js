// Tells screen readers what ipywidgets leaves untold: the names of sliders' handles, whether a heading is open,
// which tab is in view, that the answer changes, and the page's language. Without it, each slider's number box
// has its label all the same. Leaves the arrow keys to levers and lists: JupyterLab would move its cursor
// from cell to cell with them. And tells the kernel that the widgets are there: what it sent while they were being
// loaded has reached nobody.
(() => {
  if (window.jobbtorgExplorer) return;
  window.jobbtorgExplorer = true;
  const set = (element, name, value) => {
    if (element && element.getAttribute(name) !== value) element.setAttribute(name, value);
  };
  const tend = () => {
    for (const lever of document.querySelectorAll('.explorer-lever')) {
      const label = lever.querySelector('label');
      if (label) set(lever.querySelector('.noUi-handle'), 'aria-label', label.textContent);
    }
    for (const heading of document.querySelectorAll('.explorer-fold')) {
      set(heading, 'aria-expanded', String(heading.classList.contains('mod-active')));
    }
    for (const tab of document.querySelectorAll('.explorer-tab')) {
      set(tab, 'aria-pressed', String(tab.classList.contains('mod-active')));
    }
    for (const live of document.querySelectorAll('.explorer-live')) set(live, 'role', 'status');
    for (const scroll of document.querySelectorAll('.explorer-levers, .explorer-pages, .explorer-answer')) {
      set(scroll, 'tabindex', scroll.scrollHeight > scroll.clientHeight ? '0' : '-1');
    }
    if (document.body.dataset.voila) set(document.querySelector('#rendered_cells'), 'role', 'main');
    const tongue = document.querySelector('.explorer-tongue');
    if (!tongue) return;
    const arrived = document.querySelector('.explorer-arrived:not([data-told])');
    if (arrived) {
      arrived.dataset.told = 'true';
      arrived.click();
    }
    const explorer = tongue.closest('.explorer');
    set(explorer, 'lang', tongue.dataset.lang);
    // on the element that has the focus: JupyterLab looks no further
    for (const part of explorer.querySelectorAll('select, input, button, .noUi-handle')) {
      set(part, 'data-lm-suppress-shortcuts', 'true');
    }
    if (document.body.dataset.voila) {
      set(document.documentElement, 'lang', tongue.dataset.lang);
      const heading = explorer.querySelector('.explorer-head h1');
      const title = heading && `Jobbtorg – ${heading.textContent.toLowerCase()}`;
      if (title && document.title !== title) document.title = title;
    }
  };
  let due = false;
  new MutationObserver(() => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => { due = false; tend(); });
  }).observe(document.body, {childList: true, subtree: true});
  tend();
})();
