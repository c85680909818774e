#include "domain/import_reason.h"

#include <array>
#include <cstddef>
#include <string_view>

namespace lindung::domain {

namespace {

// In the order of the enumerators.
constexpr std::array meanings{
    std::string_view{"this row is no JSON, not UTF-8, or names a member twice"},
    std::string_view{"values are nested more than 64 deep, or Bundles more than four"},
    std::string_view{"this row is larger than 1 MiB"},
    std::string_view{"this JSON has no resourceType: it is no FHIR resource"},
    std::string_view{"the Bundle has no list of entries, or two"},
    std::string_view{"the Bundle has no type, or one that FHIR R4 does not know"},
    std::string_view{"the entry is no object, or has two resources"},
    std::string_view{"the entry has no resource"},
    std::string_view{"records are withdrawn by their issuer, not by a DELETE"},
    std::string_view{"the history says that this was deleted"},
    std::string_view{"an older version: a newer one stands before it"},
    std::string_view{"the same resource, word for word, stood before in this import"},
    std::string_view{"this resource stood before in this import, and said something else: the first counts"},
    std::string_view{
        "we read Patient, Immunization, Observation, DiagnosticReport, Specimen, Condition and Bundle only"},
    std::string_view{"this member is of another JSON type than FHIR says"},
    std::string_view{"this text is longer than we keep"},
    std::string_view{"not 16 digits with a real province, a birth date and a serial number"},
    std::string_view{"two different NIKs for one person"},
    std::string_view{"not 5 to 20 letters and digits"},
    std::string_view{"no date, one that lies ahead, or one before 1875"},
    std::string_view{"the birth date is not the one in the NIK: two officers decide"},
    std::string_view{"it does not say whom it is about"},
    std::string_view{"the Patient that it refers to is not in this import: send both together, or give the NIK"},
    std::string_view{"two people in this import are called what it refers to"},
    std::string_view{"the Patient that it refers to was rejected: see that row"},
    std::string_view{"the Patient that it refers to waits for two officers"},
    std::string_view{"it has no status"},
    std::string_view{"a status that FHIR does not know, or that says too little"},
    std::string_view{"marked as entered in error, cancelled, or unsatisfactory"},
    std::string_view{"the dose was not given"},
    std::string_view{"a preliminary result: send it again when it is final"},
    std::string_view{"the diagnosis is not confirmed"},
    std::string_view{"the disease is not over: neither resolved nor inactive"},
    std::string_view{"it has no code"},
    std::string_view{"none of its codes is a vaccine that we know"},
    std::string_view{"none of its codes is a test that we know"},
    std::string_view{"none of its codes is a finding that we know"},
    std::string_view{"its codes contradict each other"},
    std::string_view{"the dose number is not 1 to 99"},
    std::string_view{"the dose counts for less than a whole one"},
    std::string_view{"the test has no result"},
    std::string_view{"none of the result's codes is one that we know"},
    std::string_view{"the result is a quantity, a text or another value without a code"},
    std::string_view{"it says that there was no contact"},
    std::string_view{"it does not say when"},
    std::string_view{
        "this is no date: 2021-05-20, or 2021-05-20T09:30:00+07:00; in CSV also 20/05/2021, the day first"},
    std::string_view{"a time of day needs its offset, as in 2021-05-20T09:30:00+07:00"},
    std::string_view{"a day is needed: a month or a year is not enough"},
    std::string_view{"this date lies ahead"},
    std::string_view{"this date lies before 1970"},
    std::string_view{"this was before the person's birth"},
    std::string_view{"it ends before it begins"},
    std::string_view{"it came in outside the opening hours of its issuer"},
    std::string_view{"the person is registered outside the districts of this issuer"},
    std::string_view{"records of this kind are not this issuer's to sign"},
    std::string_view{"it happened longer ago than this issuer may still enter"},
    std::string_view{"more rows than this issuer may enter on one day"},
    std::string_view{"far more rows than this issuer ever entered on one day"},
    std::string_view{
        "this dose and another one of the person lie closer than any schedule has them, or in the wrong order"},
    std::string_view{"the register of lots knows this vaccine, but not this lot"},
    std::string_view{"more doses of this lot than it held"},
    std::string_view{"the person known by this number was born on another day"},
    std::string_view{"a message of the server that made this Bundle, and no record"},
    std::string_view{"the Specimen that it refers to was rejected: see that row"},
    std::string_view{"the results that it refers to are not in this import, and it has no conclusion of its own"},
    std::string_view{"bytes that are not UTF-8: save the file as CSV UTF-8"},
    std::string_view{"a quotation mark that does not close, or stands where none can"},
    std::string_view{"fewer columns than the header names"},
    std::string_view{"more columns than the header names"},
    std::string_view{"none of vaccination, test, recovery, exemption and contact"},
    std::string_view{"a spreadsheet took this NIK for a number and lost digits: make the column a text column"},
    std::string_view{"none of WIB, WITA, WIT and an offset such as +07:00"},
};
static_assert(meanings.size() == reason_names.size());

}  // namespace

std::string_view meaning_of(Reason reason) noexcept { return meanings.at(static_cast<std::size_t>(reason)); }

}  // namespace lindung::domain
