// Chooses among pictures that were all made beforehand. It draws nothing and counts nothing.
(async () => {
  const $ = (id) => document.getElementById(id);
  const {first, tongues, texts} = JSON.parse($('texts').textContent);
  const levers = ['elasticity', 'share', 'norm'];
  const complain = (text) => { $('message').textContent = text; $('message').hidden = !text; };
  let tongue = tongues[0];
  let at = [...first];

  if (typeof DecompressionStream === 'undefined') {
    complain(texts[tongue].old_browser);
    return;
  }
  const bytes = Uint8Array.from(atob($('packed').textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  const crossings = JSON.parse(await new Response(stream).text());

  const written = () => `#${tongue},${at.join(',')}`;
  const read = () => {
    const [language, ...numbers] = location.hash.slice(1).split(',');
    const places = numbers.map(Number);
    const right = tongues.includes(language) && places.length === levers.length && places.every(
      (place, lever) => Number.isInteger(place) && texts[language].labels[levers[lever]][place] !== undefined);
    return right ? [language, places] : null;
  };

  const show = () => {
    const words = texts[tongue];
    document.documentElement.lang = words.html;
    document.title = words.title;
    for (const name of ['title', 'lead', 'foot', 'reset']) $(name).textContent = words[name];
    levers.forEach((name, lever) => {
      const input = $(name);
      const label = words.labels[name][at[lever]];
      input.max = words.labels[name].length - 1;
      input.value = at[lever];
      input.setAttribute('aria-valuetext', label);
      document.querySelector(`output[for=${name}]`).textContent = label;
      document.querySelector(`label[for=${name}]`).textContent = words[name];
    });
    document.querySelector('label[for=language]').textContent = words.language;
    $('language').value = tongue;
    $('shown').innerHTML = at.reduce((found, place) => found[place], crossings[tongue]);
    $('link').textContent = words.link;
    $('link').hidden = false;
    if (location.hash !== written() && (location.hash || String(at) !== String(first) || tongue !== tongues[0])) {
      history.replaceState(null, '', written());
    }
  };

  for (const language of tongues) $('language').add(new Option(texts[language].name, language));
  levers.forEach((name, lever) => $(name).addEventListener('input', () => {
    at[lever] = Number($(name).value);
    complain('');
    show();
  }));
  $('language').addEventListener('change', () => { tongue = $('language').value; complain(''); show(); });
  $('reset').addEventListener('click', () => { at = [...first]; complain(''); show(); });
  const open = () => {
    const found = read();
    if (found) [tongue, at] = found;
    complain(location.hash && !found ? texts[tongue].bad_link : '');
    show();
  };
  window.addEventListener('hashchange', open);
  open();
  $('levers').hidden = false;
})();
