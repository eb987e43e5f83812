// Package catalogue knows what is arranged: class → area → service → content, the unit of each content, the way a
// service is arranged, the attachments an applicant must give and the teams a service belongs to.
//
// It knows no price, no rule, no provider and no voucher. A service is never frozen: a change is a new version with its
// first day, and a version is a whole snapshot. On day d the service is its version with the greatest valid_from ≤ d
// (of several with the same first day the last made), and its contents are the content_version rows of the same version
// number whose own period holds d. First days never go back from version to version. Code and unit of a content never change: a different unit is a different content.
//
// The catalogue is public (569/2009 4 §); only the teams are the organiser's own.
package catalogue
