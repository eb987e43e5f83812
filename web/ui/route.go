package ui

import (
	"fmt"
	"io/fs"
	"net/http"
	"reflect"
	"strings"

	"seteli/platform/access"
	"seteli/platform/document"
)

// Route is one action. It is registered once and served under every language.
type Route struct {
	Method string       // GET or POST; a form's GET and POST share one Path
	Path   string       // without the language: "/vouchers/{number}/close"
	Right  access.Right // checked before Handle when set; the use case checks again, for the right organiser
	Side   access.Side  // whose page this is: a right that several sides hold opens it to this one only; zero: to every side
	Open   bool         // public: needs no sign-in
	Handle Handler

	ClientData bool   // shows data of a client: the handler writes the access log, the answer is never stored
	Subject    string // kind of the object named in Path ("voucher", "client", …), for the exercise of every route
	Plain      bool   // served as is, without a language: call-backs, style sheets
	Body       int64  // largest request body in bytes; 0 = 1 MiB
}

// Handler answers one request.
type Handler = func(w http.ResponseWriter, r *Request) error

// EverySide opens a page to all who have its right.
const EverySide access.Side = 0

// Routes gathers the routes of one package of pages; they are alike in what the list was begun with. On, About, Clients and Large give the same
// list with another side, subject, kind of data or size of body for what is added
// through them.
type Routes struct {
	all   *[]Route
	alike Route
}

// NewRoutes begins a list whose routes are all like the given one.
func NewRoutes(alike Route) Routes { return Routes{new([]Route), alike} }

// All is what has been added, in that order.
func (s Routes) All() []Route { return *s.all }

// On is the list for another side.
func (s Routes) On(side access.Side) Routes {
	s.alike.Side = side
	return s
}

// About is the list for routes that name an object of the kind.
func (s Routes) About(subject string) Routes {
	s.alike.Subject = subject
	return s
}

// Clients is the list for routes that show a client's data.
func (s Routes) Clients() Routes {
	s.alike.ClientData = true
	return s
}

// Large is the list for routes that take a body of so many bytes.
func (s Routes) Large(most int64) Routes {
	s.alike.Body = most
	return s
}

// Attachment is the list for routes whose form takes one file of the largest size that is kept.
func (s Routes) Attachment() Routes { return s.Large(document.MaxUpload + largestBody) }

// Get adds a page that is read.
func (s Routes) Get(path string, right access.Right, handle Handler) {
	s.add("GET", path, right, handle)
}

// Post adds an act that has no page of its own.
func (s Routes) Post(path string, right access.Right, handle Handler) {
	s.add("POST", path, right, handle)
}

// Form adds a page and what is sent from it, answered by the same handler.
func (s Routes) Form(path string, right access.Right, handle Handler) {
	s.Get(path, right, handle)
	s.Post(path, right, handle)
}

func (s Routes) add(method, path string, right access.Right, handle Handler) {
	route := s.alike
	route.Method, route.Path, route.Right, route.Handle = method, path, right, handle
	*s.all = append(*s.all, route)
}

// Key names the route in logs, in the access matrix and in tests; it holds no personal data.
func (r Route) Key() string { return r.Method + " " + r.Path }

// NavItem is one entry of the service navigation. At most five are shown; an entry whose Right the actor
// lacks is left out.
type NavItem struct {
	Key   string // text key
	Path  string // without the language
	Right access.Right
	Also  []string // other paths whose pages belong below the entry
	// Daycare is an entry of early education: those whose organiser has none do not see it. The pages behind it are there all the same.
	Daycare bool
}

// Audience is what one package of pages brings.
type Audience struct {
	Name      string // prefix of its page names: "organiser/voucher-close"
	Templates fs.FS  // holds templates/*.html
	Routes    []Route
	Nav       []NavItem
	Roles     []access.Role // whose navigation this is; empty: of those who are not signed in
	Pages     []PageSpec
	States    map[string]State // tag of each state: "voucher.active" → text key and colour
}

// State is how one state is shown everywhere.
type State struct {
	Key    string // text key
	Colour string // grey, blue, green, teal, purple, red, orange
}

// PageSpec ties a template to the type of its data.
type PageSpec struct {
	Name    string
	Samples []any
	data    reflect.Type
}

// Page registers a page: every sample is rendered in every language when the program starts and in tests, so
// that a wrong field name cannot reach a user. Give the zero value and one filled sample.
func Page[T any](name string, samples ...T) PageSpec {
	p := PageSpec{Name: name, data: reflect.TypeFor[T]()}
	if len(samples) == 0 {
		samples = make([]T, 1)
	}
	for _, s := range samples {
		p.Samples = append(p.Samples, s)
	}
	return p
}

func (r Route) check() error {
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodPost:
		return fmt.Errorf("route %s: method is neither GET nor POST", r.Key())
	case !strings.HasPrefix(r.Path, "/"):
		return fmt.Errorf("route %s: path must begin with a slash", r.Key())
	case r.Handle == nil:
		return fmt.Errorf("route %s: no handler", r.Key())
	case r.Open && (r.Right != "" || r.Side != access.Nobody):
		return fmt.Errorf("route %s: open, yet asks for a right", r.Key())
	case r.Open && r.ClientData:
		return fmt.Errorf("route %s: open, yet shows data of clients", r.Key())
	}
	return nil
}
