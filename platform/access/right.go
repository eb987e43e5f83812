package access

import "slices"

// Right is one act that somebody may do. Names are stored in keys of programs and mandates and never change meaning.
type Right string

// Rights of the whole product, in the order of the spine.
const (
	OrganiserManage Right = "organiser.manage" // found, rename, merge and end organisers
	OrganiserEdit   Right = "organiser.edit"   // own settings, calendars, dimensions, teams
	OrganiserRead   Right = "organiser.read"
	StaffManage     Right = "staff.manage" // who acts for this organiser, in which role
	BudgetEdit      Right = "budget.edit"
	BudgetRead      Right = "budget.read"

	RegisterEdit       Right = "register.edit"        // own company, units, permits
	RegisterCheck      Right = "register.check"       // checks, expiry and sanctions of any provider
	RegisterRead       Right = "register.read"        // company data that is not public
	ProviderUserManage Right = "provider.user.manage" // users and teams of the own company
	BankAccountEdit    Right = "provider.account.edit"

	CatalogueNational Right = "catalogue.national" // classes, areas and codes of the whole country
	CatalogueEdit     Right = "catalogue.edit"     // own services and contents
	CataloguePublish  Right = "catalogue.publish"
	CatalogueRead     Right = "catalogue.read"
	RulebookEdit      Right = "rulebook.edit"
	RulebookPublish   Right = "rulebook.publish" // four eyes: somebody else edited
	RulebookRead      Right = "rulebook.read"

	ClientRead       Right = "client.read"
	ClientEdit       Right = "client.edit"
	ClientImport     Right = "client.import"
	ClientIncome     Right = "client.income"    // income and its documents; never a provider
	IncomeEdit       Right = "income.edit"      // household, income and consents of a client
	IncomeReport     Right = "income.report"    // the client tells of a change
	ClientBasics     Right = "client.basics"    // name and contact of a client with a reservation at the own company
	ClientProtected  Right = "client.protected" // protected address, with a reason in the access log
	RepresentManage  Right = "client.represent" // who may act for a client
	DecisionRead     Right = "decision.read"
	DecisionMake     Right = "decision.make" // sign a decision about a client
	DecisionCorrect  Right = "decision.correct"
	DecisionTemplate Right = "decision.template"

	ApplicationPrepare Right = "application.prepare"
	ApplicationSign    Right = "application.sign"
	ApplicationHandle  Right = "application.handle"
	ApplicationDecide  Right = "application.decide"
	ApplicationRead    Right = "application.read"
	PricePropose       Right = "price.propose"
	PriceApprove       Right = "price.approve"
	ApprovalRevoke     Right = "approval.revoke"
	ProviderExit       Right = "provider.exit" // announce the end of providing
	InspectionRecord   Right = "inspection.record"

	VoucherGrant       Right = "voucher.grant"
	VoucherChange      Right = "voucher.change"
	VoucherClose       Right = "voucher.close"
	VoucherRead        Right = "voucher.read"
	VoucherAccept      Right = "voucher.accept"       // the client takes or refuses the voucher
	VoucherBulk        Right = "voucher.bulk"         // prepare a change of many vouchers
	VoucherBulkApprove Right = "voucher.bulk_approve" // never who prepared it

	OrderMake    Right = "order.make"
	OrderConfirm Right = "order.confirm" // the provider's answer
	OrderRead    Right = "order.read"
	FrameworkSet Right = "framework.edit" // framework agreements and their ranking

	ReservationMake Right = "reservation.make"
	ReservationEnd  Right = "reservation.end"
	ReservationRead Right = "reservation.read"

	EventRecord  Right = "event.record"
	EventImport  Right = "event.import"
	EventEdit    Right = "event.edit" // revise what is not settled
	EventRead    Right = "event.read"
	EventReview  Right = "event.review"
	EventRefund  Right = "event.refund"
	EventConfirm Right = "event.confirm" // the client confirms or disputes
	FeedbackGive Right = "feedback.give"
	FeedbackRead Right = "feedback.read"

	DaycareApply  Right = "daycare.apply"  // guardian: need, income, place
	DaycareDecide Right = "daycare.decide" // value and fee decisions
	DaycareReport Right = "daycare.report" // provider: placements and attendance

	GrantEdit  Right = "grant.edit" // product cards and rounds
	GrantApply Right = "grant.apply"
	GrantAward Right = "grant.award"

	SettlementRead    Right = "settlement.read"
	SettlementPreview Right = "settlement.preview"
	SettlementPrepare Right = "settlement.prepare"
	SettlementApprove Right = "settlement.approve" // never who prepared it
	SettlementRelease Right = "settlement.release"
	PaymentMark       Right = "payment.mark" // acknowledgements, returns, reconciliation
	PaymentRead       Right = "payment.read"

	StatisticsRead     Right = "statistics.read"
	StatisticsNational Right = "statistics.national"
	SimulationRun      Right = "simulation.run"

	AuditRead        Right = "audit.read"
	AccessLogRead    Right = "accesslog.read"     // who has read a client's data
	AccessLogOwnRead Right = "accesslog.own.read" // the client's own
	DataRequest      Right = "data.request"       // export and erasure for a data subject
	APIKeyManage     Right = "apikey.manage"
	HealthRead       Right = "health.read" // state of jobs, backups and checks
	MailboxRead      Right = "mailbox.read"
	MailboxAll       Right = "mailbox.all" // the demo mailbox of everybody
	OfferRead        Right = "offer.read"
	NoticeRead       Right = "notice.read"
)

var (
	staff      = []Role{MainUser, Caseworker, ApplicationHandler, DecisionMaker, EventChecker, SettlementPreparer, SettlementApprover, PrivacyOfficer}
	provider   = []Role{Signatory, ProviderMainUser, ServiceResponsible, Preparer, Recorder}
	leadership = []Role{Signatory, ProviderMainUser, ServiceResponsible} // prices and money of the company
	person     = []Role{Client, Representative}
	everybody  = Roles()
)

func all(groups ...[]Role) []Role { return slices.Concat(groups...) }
func only(roles ...Role) []Role   { return roles }

// Row is one line of the table: who may.
type Row struct {
	Right Right
	Roles []Role
}

// table is the whole of "who may what". The system role is not in it: it may everything within its organiser,
// and its acts carry the job's name. Two-person rules are rules of the use case, not of this table.
var table = []Row{
	{OrganiserManage, only(Operator)},
	{OrganiserEdit, only(MainUser)},
	{OrganiserRead, all(only(Operator, StatisticsReader), staff)},
	{StaffManage, only(Operator, MainUser)},
	{BudgetEdit, only(MainUser)},
	{BudgetRead, only(MainUser, Caseworker, DecisionMaker, SettlementPreparer, SettlementApprover, StatisticsReader)},

	{RegisterEdit, only(Signatory, ProviderMainUser, ServiceResponsible, Preparer)},
	{RegisterCheck, only(Operator, ApplicationHandler, DecisionMaker)},
	{RegisterRead, all(only(Operator), staff, provider)},
	{ProviderUserManage, only(Operator, Signatory, ProviderMainUser)},
	{BankAccountEdit, leadership},

	{CatalogueNational, only(Operator)},
	{CatalogueEdit, only(MainUser)},
	{CataloguePublish, only(MainUser)},
	{CatalogueRead, everybody},
	{RulebookEdit, only(MainUser)},
	{RulebookPublish, only(MainUser, DecisionMaker)},
	{RulebookRead, all(only(Operator, StatisticsReader), staff, provider)},

	{ClientRead, only(MainUser, Caseworker, DecisionMaker, EventChecker, PrivacyOfficer, Client, Representative)},
	{ClientEdit, only(Caseworker)},
	{ClientImport, only(MainUser, Caseworker)},
	{ClientIncome, only(Caseworker, DecisionMaker, Client, Representative)},
	{IncomeEdit, only(Caseworker)},
	{IncomeReport, person},
	{ClientBasics, provider},
	{ClientProtected, only(Caseworker)},
	{RepresentManage, only(Caseworker, Client)},
	{DecisionRead, only(MainUser, Caseworker, DecisionMaker, PrivacyOfficer, Client, Representative)},
	{DecisionMake, only(Caseworker, DecisionMaker)},
	{DecisionCorrect, only(Caseworker, DecisionMaker)},
	{DecisionTemplate, only(MainUser)},

	{ApplicationPrepare, all(leadership, only(Preparer))},
	{ApplicationSign, only(Signatory)},
	{ApplicationHandle, only(ApplicationHandler, DecisionMaker)},
	{ApplicationDecide, only(DecisionMaker)},
	{ApplicationRead, all(only(MainUser, ApplicationHandler, DecisionMaker, PrivacyOfficer), leadership, only(Preparer))},
	{PricePropose, leadership},
	{PriceApprove, only(DecisionMaker)},
	{ApprovalRevoke, only(DecisionMaker)},
	{ProviderExit, only(Signatory, ProviderMainUser)},
	{InspectionRecord, only(ApplicationHandler, DecisionMaker)},

	{VoucherGrant, only(Caseworker)},
	{VoucherChange, only(Caseworker)},
	{VoucherClose, only(Caseworker)},
	{VoucherRead, all(only(MainUser, Caseworker, DecisionMaker, EventChecker, SettlementPreparer, SettlementApprover, PrivacyOfficer), provider, person)},
	{VoucherAccept, person},
	{VoucherBulk, only(MainUser, Caseworker)},
	{VoucherBulkApprove, only(DecisionMaker)},

	{OrderMake, only(Caseworker)},
	{OrderConfirm, all(leadership, only(Recorder))},
	{OrderRead, all(only(MainUser, Caseworker, EventChecker, SettlementPreparer, PrivacyOfficer), provider, person)},
	{FrameworkSet, only(MainUser, DecisionMaker)},

	{ReservationMake, all(only(Caseworker), leadership, only(Recorder), person)},
	{ReservationEnd, all(only(Caseworker), leadership, only(Recorder), person)},
	{ReservationRead, all(only(MainUser, Caseworker, EventChecker, SettlementPreparer, PrivacyOfficer), provider, person)},

	{EventRecord, all(leadership, only(Recorder))},
	{EventImport, all(only(EventChecker), leadership)},
	{EventEdit, all(leadership, only(Recorder))},
	{EventRead, all(only(MainUser, Caseworker, EventChecker, SettlementPreparer, SettlementApprover, PrivacyOfficer), leadership, only(Recorder), person)},
	{EventReview, only(EventChecker)},
	{EventRefund, only(EventChecker)},
	{EventConfirm, person},
	{FeedbackGive, person},
	{FeedbackRead, all(staff, leadership)},

	{DaycareApply, person},
	{DaycareDecide, only(Caseworker, DecisionMaker)},
	{DaycareReport, all(leadership, only(Recorder))},

	{GrantEdit, only(MainUser)},
	{GrantApply, all(leadership, person)},
	{GrantAward, only(Caseworker, DecisionMaker)},

	{SettlementRead, all(only(MainUser, SettlementPreparer, SettlementApprover, EventChecker, PrivacyOfficer), leadership)},
	{SettlementPreview, only(SettlementPreparer, SettlementApprover)},
	{SettlementPrepare, only(SettlementPreparer)},
	{SettlementApprove, only(SettlementApprover)},
	{SettlementRelease, only(SettlementApprover)},
	{PaymentMark, only(SettlementPreparer, SettlementApprover)},
	{PaymentRead, all(only(MainUser, SettlementPreparer, SettlementApprover), leadership)},

	{StatisticsRead, all(only(StatisticsReader, SettlementPreparer, SettlementApprover, DecisionMaker), only(MainUser))},
	{StatisticsNational, only(Operator)},
	{SimulationRun, only(MainUser, StatisticsReader)},

	{AuditRead, only(MainUser, PrivacyOfficer)},
	{AccessLogRead, only(PrivacyOfficer)},
	{AccessLogOwnRead, person},
	{DataRequest, only(PrivacyOfficer)},
	{APIKeyManage, only(Operator, MainUser, Signatory, ProviderMainUser)},
	{HealthRead, only(Operator)},
	{MailboxRead, all(provider, person)},
	{MailboxAll, only(Operator)},
	{OfferRead, everybody},
	{NoticeRead, everybody},
}

var allowed = index(table)

func index(rows []Row) map[Right]map[Role]bool {
	m := make(map[Right]map[Role]bool, len(rows))
	for _, row := range rows {
		m[row.Right] = map[Role]bool{}
		for _, role := range row.Roles {
			m[row.Right][role] = true
		}
	}
	return m
}

// Table gives a copy of the table for the page that shows it, and for tests.
func Table() []Row {
	rows := slices.Clone(table)
	for i := range rows {
		rows[i].Roles = slices.Clone(rows[i].Roles)
	}
	return rows
}

// Known reports whether the table holds the right.
func (r Right) Known() bool { return allowed[r] != nil }

// RoleMay answers from the table alone.
func RoleMay(role Role, right Right) bool {
	return role == SystemRole && right.Known() || allowed[right][role]
}
