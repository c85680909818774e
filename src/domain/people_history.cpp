#include "domain/people_history.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "domain/colour.h"
#include "domain/people_random.h"
#include "domain/record.h"

namespace lindung::domain {

namespace {

using std::chrono::days;
using std::chrono::hours;

struct Product {
  std::string_view vaccine;
  std::string_view series;
  unsigned doses;
  int interval_days;
  unsigned share;  // of a hundred doses given in Indonesia, roughly
  std::string_view lot;
};
constexpr std::array<Product, 8> products{{{"coronavac", "covid-19-two-dose", 2, 28, 62, "CV"},
                                           {"vaxzevria", "covid-19-two-dose", 2, 84, 16, "AB"},
                                           {"comirnaty", "covid-19-two-dose", 2, 21, 11, "FM"},
                                           {"spikevax", "covid-19-two-dose", 2, 28, 4, "09"},
                                           {"bbibp-corv", "covid-19-two-dose", 2, 21, 3, "SP"},
                                           {"jcovden", "covid-19-one-dose", 1, 0, 2, "XE"},
                                           {"zifivax", "covid-19-three-dose", 3, 30, 1, "ZF"},
                                           {"nuvaxovid", "covid-19-two-dose", 2, 21, 1, "NV"}}};

constexpr int oldest_dose_days = 900;
constexpr int fewest_days = 200;  // so that every schedule fits, whatever the clock of the demo says
// The first dose in Indonesia.
constexpr std::chrono::sys_days first_dose_day{std::chrono::year{2021} / 1 / 13};

class History {
 public:
  History(Moment now, MadeUpRandom& random) : now_{now}, random_{random} {}

  void schedule(bool is_complete) {
    const auto& product = is_complete ? any_product() : product_of_several_doses();
    const unsigned doses =
        is_complete ? product.doses : static_cast<unsigned>(random_.between(1, static_cast<int>(product.doses) - 1));
    const int length = static_cast<int>(doses - 1) * product.interval_days;
    // An open schedule has begun lately; a complete one ended some time ago.
    const int last = is_complete ? random_.between(3, oldest_days() - length) : random_.between(3, 60);
    for (unsigned dose = 1; dose <= doses; ++dose) {
      vaccination(product, dose, last + static_cast<int>(doses - dose) * product.interval_days);
    }
    constexpr int booster_after = 180;  // and three days ago at the latest
    if (is_complete && last >= booster_after + 3 && random_.is_one_of(45)) {
      // Boosters are mostly of another kind; the number goes on.
      const auto& booster = products[random_.is_one_of(60) ? 2 : 1];
      vaccination(booster, product.doses + 1, random_.between(3, last - booster_after));
    }
  }
  void test(TestKind kind, TestResult result, Moment at) { add(Test{.at = at, .kind = kind, .result = result}); }
  void contact(int days_ago) { add(Contact{.at = in_daytime(days_ago)}); }
  void infection(int days_ago, int days_ill) {
    test(random_.is_one_of(60) ? TestKind::naat : TestKind::antigen, TestResult::positive, in_daytime(days_ago));
    if (days_ago > days_ill) add(Recovery{.at = midnight(days_ago - days_ill), .until = {}});
  }
  // Each valid half a year or longer, with a NAAT that was negative a few hours ago.
  void exemption() {
    const int since = random_.between(5, 150);
    add(Exemption{.at = midnight(since), .until = midnight(-random_.between(30, 200))});
    test(TestKind::naat, TestResult::negative, now_ - hours{random_.between(2, 20)});
  }
  // Tests that say nothing about today.
  void ordinary_tests() {
    while (random_.is_one_of(25)) {
      const auto kind = random_.is_one_of(50) ? TestKind::antigen : TestKind::naat;
      test(kind, random_.is_one_of(97) ? TestResult::negative : TestResult::indeterminate,
           in_daytime(random_.between(30, 400)));
    }
  }
  // A contact that a negative NAAT from the fifth day on has cleared.
  void cleared_contact() {
    const int ago = random_.between(7, 9);
    contact(ago);
    test(TestKind::naat, TestResult::negative, in_daytime(ago - 5) + hours{12});
  }

  [[nodiscard]] std::vector<Fact> take() && { return std::move(facts_); }

 private:
  // Behind those of the same moment.
  void add(Fact fact) {
    const auto place =
        std::ranges::upper_bound(facts_, moment_of(fact), {}, [](const Fact& each) { return moment_of(each); });
    facts_.insert(place, std::move(fact));
  }
  [[nodiscard]] Moment midnight(int days_ago) const { return Moment{std::chrono::floor<days>(now_) - days{days_ago}}; }
  // Between eight and four o'clock in Jakarta.
  [[nodiscard]] Moment in_daytime(int days_ago) {
    return std::min(midnight(days_ago) + hours{1} + seconds{60 * random_.between(0, 479)}, now_);
  }
  [[nodiscard]] int oldest_days() const {
    const auto since = std::chrono::floor<days>(now_) - first_dose_day;
    return std::clamp(static_cast<int>(since.count()), fewest_days, oldest_dose_days);
  }
  [[nodiscard]] const Product& any_product() {
    auto left = static_cast<unsigned>(random_.below(100));
    for (const auto& product : products) {
      if (left < product.share) return product;
      left -= product.share;
    }
    return products.front();
  }
  [[nodiscard]] const Product& product_of_several_doses() {
    const auto& product = any_product();
    return product.doses > 1 ? product : products.front();
  }
  void vaccination(const Product& product, unsigned number, int days_ago) {
    add(Vaccination{.at = midnight(days_ago),
                    .vaccine = std::string{product.vaccine},
                    .series = std::string{product.series},
                    .dose = number,
                    .lot = std::string{product.lot} + std::to_string(random_.between(10000, 99999))});
  }

  Moment now_;
  MadeUpRandom& random_;
  std::vector<Fact> facts_;
};

void green(History& history, MadeUpRandom& random) {
  if (random.is_one_of(2)) return history.exemption();
  history.schedule(true);
  if (random.is_one_of(12)) history.infection(random.between(40, 500), random.between(10, 20));
  if (random.is_one_of(3)) history.cleared_contact();
  history.ordinary_tests();
}

void yellow(History& history, MadeUpRandom& random) {
  if (random.is_one_of(25)) {
    history.infection(random.between(20, 80), 12);
  } else {
    history.schedule(false);
    if (random.is_one_of(8)) history.infection(random.between(150, 500), random.between(10, 20));
  }
  history.ordinary_tests();
}

void red(History& history, MadeUpRandom& random) {
  if (random.is_one_of(30)) history.infection(random.between(150, 500), random.between(10, 20));
  history.ordinary_tests();
}

void black(History& history, MadeUpRandom& random) {
  if (random.is_one_of(70)) history.schedule(random.is_one_of(80));
  if (random.is_one_of(65)) {
    history.infection(random.between(1, 11), 14);
  } else {
    history.contact(random.between(1, 7));
  }
}

}  // namespace

std::vector<Fact> made_up_history(Colour colour, Moment now, MadeUpRandom& random) {
  History history{now, random};
  switch (colour) {
    case Colour::green: green(history, random); break;
    case Colour::yellow: yellow(history, random); break;
    case Colour::black: black(history, random); break;
    case Colour::red:
    case Colour::none: red(history, random); break;
  }
  return std::move(history).take();
}

}  // namespace lindung::domain
