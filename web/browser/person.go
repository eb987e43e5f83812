package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	cdproto "github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// View is how a person looks at the service.
type View struct {
	Width    int64 // 0 = 1240
	Dark     bool
	NoScript bool
}

// Person is one visitor with cookies of their own, who walks by the words on the page.
type Person struct {
	t    testing.TB
	ctx  context.Context
	axe  string
	base string
	// Words gives what the words of a test may be on the page in the person's language; nil = as they are.
	Words  func(string) []string
	unsure []Violation
	mu     sync.Mutex
	loud   []string
}

// Visitor opens a tab for somebody at the service with the address base.
func (b *Browser) Visitor(t testing.TB, base string, view View) *Person {
	t.Helper()
	ctx, stop := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(stop)
	p := &Person{t: t, ctx: ctx, axe: b.axe, base: base}
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	hear := func(event any) {
		hear(event, func(line string) { p.mu.Lock(); defer p.mu.Unlock(); p.loud = append(p.loud, line) })
	}
	if err := chromedp.Listen(ctx, hear); err != nil {
		t.Fatal(err)
	}
	p.Look(view)
	return p
}

// Look changes the size of the window and the colours; scripts stay as they are when view.NoScript is false.
func (p *Person) Look(view View) {
	p.t.Helper()
	width, scheme := view.Width, "light"
	if width == 0 {
		width = 1240
	}
	if view.Dark {
		scheme = "dark"
	}
	err := chromedp.Do(p.ctx, chromedp.EmulateViewport(width, 900))
	if err == nil {
		_, err = chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	}
	if err == nil && view.NoScript {
		_, err = chromedp.Call(p.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	}
	if err != nil {
		p.t.Fatal(err)
	}
}

// Go opens a path of the service.
func (p *Person) Go(path string) *Person {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, time.Minute)
	defer stop()
	if err := chromedp.Do(ctx, chromedp.Navigate(p.base+path)); err != nil {
		p.t.Fatalf("%s: %v", path, err)
	}
	return p
}

// Ask evaluates an expression on the page; args stand in it as the array a.
func Ask[T any](p *Person, expression string, args ...any) (answer T) {
	p.t.Helper()
	answer, err := try[T](p, expression, args...)
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return answer
}

func try[T any](p *Person, expression string, args ...any) (answer T, err error) {
	raw, err := json.Marshal(args)
	if err != nil {
		return answer, err
	}
	ctx, stop := context.WithTimeout(p.ctx, 20*time.Second)
	defer stop()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf("JSON.stringify((a=>%s)(%s))??'null'", expression, raw)))
	if err != nil {
		return answer, err
	}
	return answer, json.Unmarshal([]byte(text), &answer)
}

// finders are what people do with their eyes: find a field by its label, a button or a link by its words.
const finders = `{
const plain=s=>(s||'').replace(/[\u00a0\u202f\u00ad]/g,x=>x=='\u00ad'?'':' ').replace(/\s+/g,' ').trim();
const seen=e=>!!(e.offsetWidth||e.offsetHeight||e.getClientRects().length);
const exact=(list,wants,text)=>{for(const want of [].concat(wants)){const e=list.find(e=>plain(text(e))===want);if(e)return e}};
const best=(list,wants,text)=>{const e=exact(list,wants,text);if(e)return e;
 for(const want of [].concat(wants)){const e=list.find(e=>plain(text(e)).startsWith(want));if(e)return e}};
const legend=e=>e.querySelector('legend')?.textContent;
const labelled=want=>{
 const c=best([...document.querySelectorAll('main label')],want,e=>e.textContent);
 if(c)return c.control;
 return best([...document.querySelectorAll('main [aria-label]')],want,e=>e.getAttribute('aria-label'))||document.querySelector('main [name="'+CSS.escape([].concat(want)[0])+'"]');
};
const pressable=(want,within)=>{
 const scope=within?[...document.querySelectorAll('tr,li,article,section,fieldset,.govuk-summary-card,.govuk-summary-list__row')].filter(e=>plain(e.textContent).includes(within)).sort((x,y)=>x.textContent.length-y.textContent.length):[document];
 for(const s of scope){const e=best([...s.querySelectorAll('a[href],button,summary')].filter(seen),want,e=>e.textContent);if(e)return e}
};
`

// Fill gives the field with the label a value: text, "x" and "" for ticks, the words of an option for lists and choices.
func (p *Person) Fill(label, value string) *Person {
	p.t.Helper()
	wrong := Ask[string](p, finders+`
const [want,values]=a;const value=values.at(-1);const sets=[...document.querySelectorAll('main fieldset')];
const one=exact([...document.querySelectorAll('main label')],want,e=>e.textContent)?.control;
let e=one||(exact(sets,want,legend)?null:labelled(want));
if(!e){const f=best(sets,want,legend);
 if(f){const l=best([...f.querySelectorAll('label')],values,e=>e.textContent);if(!l)return 'no choice '+value;l.control.click();return ''}
 return 'no field'}
if(e.disabled)return 'disabled';
if(e.type=='checkbox'){if(e.checked!==(value!==''))e.click();return ''}
if(e.type=='radio'){e.click();return ''}
if(e.tagName=='SELECT'){const o=best([...e.options],values,o=>o.text)||[...e.options].find(o=>o.value===value);if(!o)return 'no option '+value+' among '+[...e.options].map(o=>o.text).join(' | ');e.value=o.value}
else e.value=value;
e.dispatchEvent(new Event('input',{bubbles:true}));e.dispatchEvent(new Event('change',{bubbles:true}));return ''}`, p.words(label), p.words(value))
	if wrong != "" {
		p.t.Fatalf("%s: field %q: %s\n%s", p.Path(), label, wrong, p.Text())
	}
	return p
}

// Press presses the button or the link that begins with the words, and waits for what comes.
func (p *Person) Press(words string) *Person { p.t.Helper(); return p.PressIn(words, "") }

// PressIn presses within the smallest row, card or section that holds the text.
func (p *Person) PressIn(words, within string) *Person {
	p.t.Helper()
	p.wait(words, func() bool {
		return Ask[bool](p, finders+`
const e=pressable(a[0],a[1]);if(!e)return false;
window.setelismark=1;document.addEventListener('htmx:after:settle',()=>{window.setelismark=2},{once:true});
if(e.tagName=='SUMMARY')window.setelismark=2;
e.click();return true}`, p.words(words), within)
	})
	return p
}

// wait acts and waits until the page that follows is there.
func (p *Person) wait(what string, act func() bool) {
	p.t.Helper()
	if !act() {
		p.t.Fatalf("%s: nothing to press says %q\n%s", p.Path(), what, p.Text())
	}
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		done, err := try[bool](p, `document.readyState=='complete'&&window.setelismark!==1`)
		if err == nil && done {
			return
		}
	}
	p.t.Fatalf("%s: nothing follows %q\n%s", p.Path(), what, p.Text())
}

// Sees fails when the page does not hold the words; spaces that do not break count as spaces.
func (p *Person) Sees(words ...string) *Person {
	p.t.Helper()
	for _, w := range words {
		found := false
		for end := time.Now().Add(3 * time.Second); !found && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			text := p.Text()
			found = slices.ContainsFunc(p.words(w), func(w string) bool { return strings.Contains(text, w) })
			if found {
				break
			}
		}
		if !found {
			p.t.Fatalf("%s does not say %q:\n%s", p.Path(), w, p.Text())
		}
	}
	return p
}

// Holds tells whether the words stand on the page now.
func (p *Person) Holds(words string) bool {
	p.t.Helper()
	text := p.Text()
	return slices.ContainsFunc(p.words(words), func(w string) bool { return strings.Contains(text, w) })
}

// Misses fails when the page holds the words.
func (p *Person) Misses(words ...string) *Person {
	p.t.Helper()
	for _, w := range words {
		if strings.Contains(p.Text(), w) {
			p.t.Fatalf("%s says %q:\n%s", p.Path(), w, p.Text())
		}
	}
	return p
}

func (p *Person) words(w string) []string {
	if p.Words == nil {
		return []string{w}
	}
	return p.Words(w)
}

// Text is what stands on the page.
func (p *Person) Text() string {
	p.t.Helper()
	text := Ask[string](p, `document.body.innerText`)
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u00ad", "", "\u2212", "-").Replace(text)
}

// Path is where the person is, with the query.
func (p *Person) Path() string {
	p.t.Helper()
	return Ask[string](p, `location.pathname+location.search`)
}

// Value is what stands in the field with the label.
func (p *Person) Value(label string) string {
	p.t.Helper()
	return Ask[string](p, finders+`const e=labelled(a[0]);return e?(e.type=='checkbox'?String(e.checked):e.value):'<no field>'}`, p.words(label))
}

// Links are the addresses within the service that the page leads to, in their order.
func (p *Person) Links() []string {
	p.t.Helper()
	return Ask[[]string](p, `[...document.querySelectorAll('a[href]')].filter(e=>e.origin===location.origin&&!e.hasAttribute('hreflang')&&!e.hasAttribute('download')).map(e=>e.pathname+e.search)`)
}

// Type is the type of what a GET of the path gives, asked without following it.
func (p *Person) Type(path string) string {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, 20*time.Second)
	defer stop()
	kind, err := chromedp.Run(ctx, chromedp.Evaluate[string](fmt.Sprintf(`fetch(%q,{method:'HEAD'}).then(r=>r.status+' '+(r.headers.get('content-type')||''))`, path), chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v", path, err)
	}
	return kind
}

// Gates gives everything wrong with the page as it stands: axe, errors of scripts and of the content policy so far, and pixels too
// wide. A page that answers with an error status is reported by the browser as loud; quiet leaves such lines out.
func (p *Person) Gates(quiet bool) (wrong []string) {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, time.Minute)
	defer stop()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[any]("if(!window.axe){"+p.axe+"};null")); err != nil {
		p.t.Fatalf("%s: %v", p.Path(), err)
	}
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](axeRun, chromedp.EvalAwaitPromise))
	var found report
	if err == nil {
		err = json.Unmarshal([]byte(text), &found)
	}
	if err != nil {
		p.t.Fatalf("%s: %v", p.Path(), err)
	}
	p.unsure = found.Incomplete
	for _, v := range found.Violations {
		wrong = append(wrong, "axe "+v.String())
	}
	wrong = append(wrong, p.Loud(quiet)...)
	if wide := p.Wide(); wide > 0 {
		wrong = append(wrong, fmt.Sprintf("%d px too wide", wide))
	}
	return wrong
}

// Unsure is what axe could not decide about the page at the last Gates: a person has to look.
func (p *Person) Unsure() []Violation { return p.unsure }

// Source is the page as the server sends it, before scripts and the browser's mending.
func (p *Person) Source() string {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, 20*time.Second)
	defer stop()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`fetch(location.href).then(r=>r.text())`, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v", p.Path(), err)
	}
	return text
}

// Wide is by how many pixels the page is wider than the window.
func (p *Person) Wide() int {
	p.t.Helper()
	return Ask[int](p, `document.documentElement.scrollWidth-document.documentElement.clientWidth`)
}

// Loud gives the errors of scripts and of the content policy since the last call.
func (p *Person) Loud(quiet bool) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	lines := p.loud
	p.loud = nil
	return slices.DeleteFunc(lines, func(l string) bool { return quiet && strings.HasPrefix(l, "Failed to load resource") })
}

// Picture takes the whole page as PNG.
func (p *Person) Picture() []byte {
	p.t.Helper()
	ctx, stop := context.WithTimeout(p.ctx, time.Minute)
	defer stop()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.t.Fatalf("%s: %v", p.Path(), err)
	}
	return png
}

// Key presses a key as on a keyboard.
func (p *Person) Key(keys string) *Person {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, chromedp.KeyEvent(keys)); err != nil {
		p.t.Fatal(err)
	}
	return p
}

// Upload gives the field with the label a file.
func (p *Person) Upload(label, path string) *Person {
	p.t.Helper()
	id := Ask[string](p, finders+`return labelled(a[0])?.id||''}`, p.words(label))
	if id == "" {
		p.t.Fatalf("%s: no field %q\n%s", p.Path(), label, p.Text())
	}
	if err := chromedp.Do(p.ctx, chromedp.SetUploadFiles("#"+id, []string{path})); err != nil {
		p.t.Fatalf("%s: %v", p.Path(), err)
	}
	return p
}

// FirstLink is the first address on the page, without its language, that begins so.
func (p *Person) FirstLink(prefix string) string {
	p.t.Helper()
	for _, l := range p.Links() {
		if len(l) > 3 && strings.HasPrefix(l[3:], prefix) {
			return l[3:]
		}
	}
	p.t.Fatalf("%s: no link to %s\n%s", p.Path(), prefix, p.Text())
	return ""
}

// LoseSession forgets the cookies, as when the sign-in has ended; the page stays.
func (p *Person) LoseSession() *Person {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, network.ClearBrowserCookies, cdproto.Empty{}); err != nil {
		p.t.Fatal(err)
	}
	return p
}

// SessionEnds lets the sign-in end by the clock while the page stands open, and waits for what the page does then.
func (p *Person) SessionEnds() *Person {
	p.t.Helper()
	p.LoseSession()
	p.wait("the end of the sign-in", func() bool {
		return Ask[bool](p, `(()=>{window.setelismark=1;const now=Date.now;Date.now=()=>now()+864e5;document.dispatchEvent(new Event('visibilitychange'));return true})()`)
	})
	return p
}

// Media sets one feature of the person's system, as their browser tells it to style sheets.
func (p *Person) Media(name, value string) *Person {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: name, Value: value}}}); err != nil {
		p.t.Fatal(err)
	}
	return p
}

// TabTo goes with the tabulator to the link or button that begins with the words and presses it; at every stop the focus must be seen.
func (p *Person) TabTo(words string) *Person {
	p.t.Helper()
	for range 250 {
		p.Key("\t")
		at := Ask[[2]string](p, finders+`const e=document.activeElement,s=getComputedStyle(e);
const told=(s.outlineStyle!='none'&&parseFloat(s.outlineWidth)>0)||s.boxShadow!='none'||e===document.body;
return [e===document.body?'':plain(e.textContent||e.value),told?'':(e.outerHTML.slice(0,120))]}`)
		if at[1] != "" {
			p.t.Errorf("%s: the focus is not seen on %s", p.Path(), at[1])
		}
		if slices.ContainsFunc(p.words(words), func(w string) bool { return at[0] == w || strings.HasPrefix(at[0], w) }) {
			p.wait(words, func() bool {
				Ask[any](p, `{window.setelismark=1}`)
				p.Key("\r")
				return true
			})
			return p
		}
	}
	p.t.Fatalf("%s: no stop of the tabulator says %q", p.Path(), words)
	return p
}

// Unseen gives buttons that only a background tells apart, which forced colours take away.
func (p *Person) Unseen() []string {
	p.t.Helper()
	return Ask[[]string](p, `[...document.querySelectorAll('main button, main .govuk-button, main input:not([type=hidden]), main select')].filter(e=>e.getClientRects().length).filter(e=>{
const s=getComputedStyle(e);return !['submit','button'].every(x=>x!==e.type)&&!e.matches('.app-link-button')&&s.borderStyle==='none'&&s.outlineStyle==='none'}).map(e=>e.outerHTML.slice(0,120))`)
}

// Moving counts things with animations or transitions that take time.
func (p *Person) Moving() int {
	p.t.Helper()
	return Ask[int](p, `[...document.querySelectorAll('body *')].filter(e=>{const s=getComputedStyle(e);return s.animationName!=='none'&&parseFloat(s.animationDuration)>0.05||s.transitionDuration.split(',').some(d=>parseFloat(d)>0.05)}).length`)
}
