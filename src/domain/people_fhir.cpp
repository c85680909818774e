#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/time.h"
#include "domain/fhir_patient.h"
#include "domain/nik.h"
#include "domain/people.h"
#include "domain/record.h"

namespace lindung::domain {

namespace {

using std::chrono::days;

constexpr std::size_t date_size = 10;

// A midnight is written as its day alone, as clinics do; other moments with their time.
std::string written(Moment at) {
  auto text = rfc3339(at);
  if (at == Moment{std::chrono::floor<days>(at)}) text.resize(date_size);
  return text;
}

// A period's end is its last second or its last day.
std::string written_end(Moment until) {
  if (until != Moment{std::chrono::floor<days>(until)}) return rfc3339(until - seconds{1});
  return written(until - days{1});
}

std::pair<std::string_view, std::string_view> system_and_code(std::string_view vaccine) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> cvx{{{"coronavac", "511"},
                                                                              {"vaxzevria", "210"},
                                                                              {"comirnaty", "208"},
                                                                              {"spikevax", "207"},
                                                                              {"bbibp-corv", "510"},
                                                                              {"jcovden", "212"},
                                                                              {"zifivax", "513"},
                                                                              {"nuvaxovid", "211"}}};
  for (const auto& [ours, code] : cvx) {
    if (ours == vaccine) return {"http://hl7.org/fhir/sid/cvx", code};
  }
  return {"urn:lindung:vaccine", vaccine};
}

// Writes an object, member by member. Texts are our own and hold nothing that JSON would escape.
class Line {
 public:
  Line(std::string& out, std::string_view type, const std::string& id) : out_{out} {
    out_ += R"({"resourceType":")";
    out_.append(type).append(R"(","id":")").append(id) += '"';
  }
  Line& text(std::string_view name, std::string_view value) {
    out_.append(",\"").append(name).append("\":\"").append(value) += '"';
    return *this;
  }
  Line& raw(std::string_view json) {
    (out_ += ',') += json;
    return *this;
  }
  Line& coded(std::string_view name, std::string_view system, std::string_view code) {
    out_.append(",\"").append(name).append(R"(":{"coding":[{"system":")").append(system);
    out_.append(R"(","code":")").append(code).append("\"}]}");
    return *this;
  }
  Line& person(std::string_view name, std::size_t number) {
    out_.append(",\"").append(name).append(R"(":{"reference":"Patient/p)").append(std::to_string(number));
    out_.append("\"}");
    return *this;
  }
  void end() { out_ += "}\n"; }

 private:
  std::string& out_;
};

constexpr std::string_view snomed = "http://snomed.info/sct";
constexpr std::string_view clinical_status = "http://terminology.hl7.org/CodeSystem/condition-clinical";

class FactLine {
 public:
  FactLine(std::string& out, std::size_t person, std::size_t fact)
      : out_{out}, person_{person}, id_{'p' + std::to_string(person) + '-' + std::to_string(fact)} {}

  void operator()(const Vaccination& dose) const {
    const auto [system, code] = system_and_code(dose.vaccine);
    Line line{out_, "Immunization", id_};
    line.text("status", "completed").coded("vaccineCode", system, code).person("patient", person_);
    line.text("occurrenceDateTime", written(dose.at));
    if (!dose.lot.empty()) line.text("lotNumber", dose.lot);
    if (dose.dose != 0) line.raw(R"("protocolApplied":[{"doseNumberPositiveInt":)" + std::to_string(dose.dose) + "}]");
    line.end();
  }
  void operator()(const Test& test) const {
    constexpr std::array<std::string_view, 3> loinc{"94500-6", "97097-0", "94762-2"};
    constexpr std::array<std::string_view, 3> results{"260415000", "260373001", "419984006"};
    Line line{out_, "Observation", id_};
    line.text("status", "final").coded("code", "http://loinc.org", loinc[static_cast<std::size_t>(test.kind) - 1]);
    line.person("subject", person_).text("effectiveDateTime", rfc3339(test.at));
    line.coded("valueCodeableConcept", snomed, results[static_cast<std::size_t>(test.result) - 1]).end();
  }
  void operator()(const Recovery& recovery) const {
    Line line{out_, "Condition", id_};
    line.coded("clinicalStatus", clinical_status, "resolved").coded("code", snomed, "840539006");
    line.person("subject", person_).text("abatementDateTime", written(recovery.at)).end();
  }
  void operator()(const Exemption& exemption) const {
    Line line{out_, "Condition", id_};
    line.coded("clinicalStatus", clinical_status, "active").coded("code", snomed, "266758009");
    line.person("subject", person_).text("onsetDateTime", written(exemption.at));
    if (exemption.until) line.text("abatementDateTime", written_end(*exemption.until));
    line.end();
  }
  void operator()(const Contact& contact) const {
    Line line{out_, "Observation", id_};
    line.text("status", "final").coded("code", snomed, "840546002").person("subject", person_);
    line.text("effectiveDateTime", rfc3339(contact.at)).end();
  }

 private:
  std::string& out_;
  std::size_t person_;
  std::string id_;
};

}  // namespace

void append_fhir(std::string& lines, const MadeUpPerson& person) {
  Line line{lines, "Patient", 'p' + std::to_string(person.number)};
  lines.append(R"(,"identifier":[{"system":")").append(fhir::nik_system);
  lines.append(R"(","value":")").append(person.nik.digits()).append("\"}]");
  line.raw(R"("name":[{"text":")" + person.name + "\"}]");
  line.text("gender", person.nik.sex() == Sex::male ? "male" : "female");
  line.text("birthDate", written(Moment{std::chrono::sys_days{person.birth}})).end();
  std::size_t number = 0;
  for (const auto& fact : person.facts) std::visit(FactLine{lines, person.number, ++number}, fact);
}

}  // namespace lindung::domain
