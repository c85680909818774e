#include "cert/vaccine_codes.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace lindung::cert {
namespace {

constexpr std::string_view inactivated = "1157024006";
constexpr std::string_view vector = "29061000087103";
constexpr std::string_view mrna = "1119349007";
constexpr std::string_view subunit = "1162643001";
constexpr std::string_view virus_like = "30141000087107";
constexpr std::string_view dna = "1187593009";

constexpr VaccineCodes row(std::string_view vaccine, std::string_view prophylaxis, std::string_view product,
                           std::string_view maker, std::string_view cvx) {
  return {.vaccine = vaccine, .prophylaxis = prophylaxis, .product = product, .maker = maker, .cvx = cvx};
}

constexpr std::array table{
    row("coronavac", inactivated, "CoronaVac", "Sinovac-Biotech", "511"),
    row("bbibp-corv", inactivated, "BBIBP-CorV", "ORG-100020693", "510"),
    row("vaxzevria", vector, "EU/1/21/1529", "ORG-100001699", "210"),
    row("comirnaty", mrna, "EU/1/20/1528", "ORG-100030215", "208"),
    row("spikevax", mrna, "EU/1/20/1507", "ORG-100031184", "207"),
    row("nuvaxovid", subunit, "EU/1/21/1618", "ORG-100032020", "211"),
    row("jcovden", vector, "EU/1/20/1525", "ORG-100001417", "212"),
    row("convidecia", vector, "Convidecia", "ORG-100013793", "506"),
    row("sputnik-light", vector, "Sputnik-Light", "Gamaleya-Research-Institute", "504"),
    row("sputnik-v", vector, "Sputnik-V", "Gamaleya-Research-Institute", "505"),
    row("zifivax", subunit, "Zifivax", "Anhui Zhifei Longcom", "507"),
    row("zycov-d", dna, "ZyCoV-D", "Zydus Cadila", "514"),
    row("indovac", subunit, "IndoVac", "Bio Farma", ""),
    row("inavac", inactivated, "InaVac", "Biotis", ""),
    row("covaxin", inactivated, "Covaxin", "Bharat-Biotech", "502"),
    row("covivac", inactivated, "CoviVac", "Chumakov-Federal-Scientific-Center", "503"),
    row("qazvac", inactivated, "QazVac", "RIBSP", "501"),
    row("epivaccorona", subunit, "EpiVacCorona", "Vector-Institute", "509"),
    row("mvc-cov1901", subunit, "MVC-COV1901", "ORG-100033914", "515"),
    row("kconvac", inactivated, "KCONVAC", "Minhai", "516"),
    row("corbevax", subunit, "Corbevax", "Biological E", "517"),
    row("covifenz", virus_like, "Covifenz", "ORG-100008549", "512"),
    row("valneva", inactivated, "EU/1/21/1624", "ORG-100036422", "518"),
    row("vidprevtyn-beta", subunit, "EU/1/21/1580", "ORG-100000788", "225"),
};

}  // namespace

const VaccineCodes* codes_of_vaccine(std::string_view vaccine) noexcept {
  const auto* const found = std::ranges::find(table, vaccine, &VaccineCodes::vaccine);
  return found == table.end() ? nullptr : found;
}

}  // namespace lindung::cert
