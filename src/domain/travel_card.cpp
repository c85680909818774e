#include "domain/travel_card.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "codec/utf8.h"
#include "domain/journey.h"
#include "domain/travel_document.h"
#include "domain/travel_fault.h"

namespace lindung::domain {

namespace {

constexpr std::array roles = {std::pair{TravellerRole::general, std::string_view{"general"}},
                              std::pair{TravellerRole::crew, std::string_view{"crew"}},
                              std::pair{TravellerRole::driver, std::string_view{"driver"}}};
constexpr std::array symptoms = {std::pair{Symptom::fever, std::string_view{"fever"}},
                                 std::pair{Symptom::cough, std::string_view{"cough"}},
                                 std::pair{Symptom::breathlessness, std::string_view{"breathlessness"}},
                                 std::pair{Symptom::sore_throat, std::string_view{"sore-throat"}},
                                 std::pair{Symptom::loss_of_smell, std::string_view{"loss-of-smell"}},
                                 std::pair{Symptom::vomiting, std::string_view{"vomiting"}},
                                 std::pair{Symptom::diarrhoea, std::string_view{"diarrhoea"}},
                                 std::pair{Symptom::rash, std::string_view{"rash"}}};

constexpr std::size_t seat_limit = 6;
constexpr std::size_t least_address = 5;
constexpr std::size_t most_address = 300;
constexpr std::size_t least_phone = 7;
constexpr std::size_t most_phone = 16;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_seat(std::string_view seat) {
  return seat.size() <= seat_limit &&
         std::ranges::all_of(seat, [](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); });
}

bool is_address(std::string_view address) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; };
  return address.size() >= least_address && address.size() <= most_address && codec::is_utf8(address) &&
         std::ranges::none_of(address, is_control);
}

bool is_phone(std::string_view phone) {
  return phone.size() >= least_phone && phone.size() <= most_phone && phone.front() == '+' &&
         std::ranges::all_of(phone.substr(1), is_digit);
}

// A certificate is one line of text that a code can hold.
bool is_certificate_text(std::string_view text) {
  return !text.empty() && text.size() <= certificate_text_limit &&
         std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

class Check {
 public:
  Check(const TravelCard& card, Moment now, const JourneyLimits& limits) : card_{card} {
    add(faults_of(card.journey, now, limits));
  }

  std::vector<TravelFault> run() && {
    hold(!card_.people.empty(), TravelFault::no_holder);
    hold(card_.people.size() <= most_people, TravelFault::too_many_companions);
    for (std::size_t i = 0; i < card_.people.size(); ++i) look_at(i);
    hold(is_address(card_.contact.address), TravelFault::contact_address);
    hold(is_phone(card_.contact.phone), TravelFault::contact_phone);
    return std::move(faults_);
  }

 private:
  void add(const std::vector<TravelFault>& more) {
    for (const auto fault : more) hold(false, fault);
  }
  void hold(bool is_good, TravelFault fault) {
    if (!is_good && std::ranges::find(faults_, fault) == faults_.end()) faults_.push_back(fault);
  }
  [[nodiscard]] unsigned age(const Traveller& person) const {
    return age_on(person.document.birth, travel_day(card_.journey));
  }

  void look_at(std::size_t place) {
    const auto& person = card_.people[place];
    const auto faults = faults_of(person.document, travel_day(card_.journey), day_of(card_.journey.arrival));
    add(faults);
    hold(card_.journey.scope == JourneyScope::domestic || person.document.kind != DocumentKind::nik,
         TravelFault::document_not_for_border);
    hold(is_seat(person.seat), TravelFault::seat);
    for (std::size_t other = 0; other < place; ++other) {
      const auto& one = card_.people[other].document;
      hold(one.number != person.document.number || one.issuing_state != person.document.issuing_state,
           TravelFault::same_person_twice);
    }
    for (std::size_t i = 0; i < person.symptoms.size(); ++i) {
      const auto before = person.symptoms.begin() + static_cast<std::ptrdiff_t>(i);
      hold(std::find(person.symptoms.begin(), before, person.symptoms[i]) == before, TravelFault::symptom_twice);
    }
    hold(person.certificates.size() <= most_certificates, TravelFault::too_many_certificates);
    for (const auto& text : person.certificates) hold(is_certificate_text(text), TravelFault::certificate_text);
    if (std::ranges::find(faults, TravelFault::document_birth) == faults.end()) look_at_guardian(place);
  }

  void look_at_guardian(std::size_t place) {
    const auto& person = card_.people[place];
    if (!person.guardian) {
      hold(age(person) >= guarded_until, TravelFault::child_without_guardian);
      return;
    }
    const bool is_there = *person.guardian < card_.people.size() && *person.guardian != place;
    hold(is_there && age(card_.people[*person.guardian]) >= grown_up_from, TravelFault::guardian_unknown);
  }

  const TravelCard& card_;
  std::vector<TravelFault> faults_;
};

}  // namespace

std::string_view name_of(TravellerRole role) noexcept {
  const auto* found = std::ranges::find(roles, role, &std::pair<TravellerRole, std::string_view>::first);
  return found == roles.end() ? "?" : found->second;
}

std::string_view name_of(Symptom symptom) noexcept {
  const auto* found = std::ranges::find(symptoms, symptom, &std::pair<Symptom, std::string_view>::first);
  return found == symptoms.end() ? "?" : found->second;
}

Result<TravellerRole> parse_traveller_role(std::string_view text) {
  const auto* found = std::ranges::find(roles, text, &std::pair<TravellerRole, std::string_view>::second);
  if (found == roles.end()) return fail(Errc::malformed, "role: general, crew or driver is needed");
  return found->first;
}

Result<Symptom> parse_symptom(std::string_view text) {
  const auto* found = std::ranges::find(symptoms, text, &std::pair<Symptom, std::string_view>::second);
  if (found == symptoms.end()) return fail(Errc::malformed, "symptom: there is no such one");
  return found->first;
}

std::vector<TravelFault> faults_of(const TravelCard& card, Moment now, const JourneyLimits& limits) {
  return Check{card, now, limits}.run();
}

std::string_view category_of(const Traveller& traveller, Day travel_day) noexcept {
  if (traveller.role != TravellerRole::general) return name_of(traveller.role);
  const auto age = age_on(traveller.document.birth, travel_day);
  if (age < guarded_until) return "child";
  return age < grown_up_from ? "adolescent" : "adult";
}

}  // namespace lindung::domain
