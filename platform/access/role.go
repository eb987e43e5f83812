package access

// Role is what an account acts as. One account can hold several mandates; one of them is in use at a time.
type Role string

// Roles. The names are stored in mandates and audit rows and never change meaning.
const (
	Operator Role = "operator" // keeps the national register, code lists and organisers; sees no client data

	MainUser           Role = "main_user"           // the organiser's settings, staff and services
	Caseworker         Role = "caseworker"          // grants, changes and closes vouchers, reserves, orders
	ApplicationHandler Role = "application_handler" // handles providers' applications, does not decide
	DecisionMaker      Role = "decision_maker"      // decides applications and prices, revokes approvals
	EventChecker       Role = "event_checker"       // works the review queue and refunds
	SettlementPreparer Role = "settlement_preparer" // previews and prepares runs
	SettlementApprover Role = "settlement_approver" // approves and releases runs that somebody else prepared
	StatisticsReader   Role = "statistics_reader"   // aggregates only, no person data
	PrivacyOfficer     Role = "privacy_officer"     // access log and data requests; changes no data

	Signatory          Role = "signatory"           // nimenkirjoitusoikeudellinen: the only one who signs an application
	ProviderMainUser   Role = "provider_main_user"  // company data, users, everything but signing
	ServiceResponsible Role = "service_responsible" // applications, prices and billing data of a service
	Preparer           Role = "preparer"            // completes company data; no prices, no billing data
	Recorder           Role = "recorder"            // records events of clients of the own teams only

	Client         Role = "client"         // the person whose vouchers these are
	Representative Role = "representative" // acts for a client within the rights that the mandate lists

	SystemRole Role = "system" // jobs of the program itself; never given to an account
)

// Side is on whose behalf a role acts; it decides which scope the rows are read under.
type Side uint8

// The sides.
const (
	Nobody        Side = iota // unknown role: may nothing
	NationSide                // no tenant rows at all
	OrganiserSide             // the rows of one organiser
	ProviderSide              // the rows of one provider in all organisers
	PersonSide                // the rows of one person in all organisers
	ProgramSide               // jobs, within the organiser they are started for
)

var sides = map[Role]Side{
	Operator: NationSide,
	MainUser: OrganiserSide, Caseworker: OrganiserSide, ApplicationHandler: OrganiserSide, DecisionMaker: OrganiserSide,
	EventChecker: OrganiserSide, SettlementPreparer: OrganiserSide, SettlementApprover: OrganiserSide,
	StatisticsReader: OrganiserSide, PrivacyOfficer: OrganiserSide,
	Signatory: ProviderSide, ProviderMainUser: ProviderSide, ServiceResponsible: ProviderSide, Preparer: ProviderSide, Recorder: ProviderSide,
	Client: PersonSide, Representative: PersonSide,
	SystemRole: ProgramSide,
}

// Side of the role; Nobody for a name that is no role.
func (r Role) Side() Side { return sides[r] }

// Roles lists every role that an account can hold, in the order of the table.
func Roles() []Role {
	return []Role{
		Operator,
		MainUser, Caseworker, ApplicationHandler, DecisionMaker, EventChecker, SettlementPreparer, SettlementApprover, StatisticsReader, PrivacyOfficer,
		Signatory, ProviderMainUser, ServiceResponsible, Preparer, Recorder,
		Client, Representative,
	}
}
