// What a border device's commands say, as JSON: of a scan what an officer needs and no more.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <vector>

#include "border/desk.h"
#include "border/sync.h"
#include "domain/border_desk.h"

namespace lindung::cli {

[[nodiscard]] boost::json::object scan_json(const border::ScanSeen& seen);
[[nodiscard]] boost::json::object decisions_json(const std::vector<border::DecisionTaken>& taken);
[[nodiscard]] boost::json::object queue_json(const border::QueueFigures& figures);
[[nodiscard]] boost::json::object list_json(const border::ListTaken& taken);

void print_scan(const boost::json::value& value);

}  // namespace lindung::cli
