#include "base/java_double.h"

#include <limits>

#include <doctest/doctest.h>

using moldau::java_double_text;

TEST_CASE("doubles are written as Java writes them") {
  CHECK(java_double_text(0.5) == "0.5");
  CHECK(java_double_text(1) == "1.0");
  CHECK(java_double_text(20) == "20.0");
  CHECK(java_double_text(0) == "0.0");
  CHECK(java_double_text(-0.0) == "-0.0");
  CHECK(java_double_text(-2.25) == "-2.25");
  CHECK(java_double_text(0.1) == "0.1");
  CHECK(java_double_text(0.001) == "0.001");
  CHECK(java_double_text(9.99e-4) == "9.99E-4");
  CHECK(java_double_text(0.0001) == "1.0E-4");
  CHECK(java_double_text(1234567.0) == "1234567.0");
  CHECK(java_double_text(9999999.0) == "9999999.0");
  CHECK(java_double_text(1e7) == "1.0E7");
  CHECK(java_double_text(12345678.0) == "1.2345678E7");
  CHECK(java_double_text(1e21) == "1.0E21");
  CHECK(java_double_text(5e-324) == "4.9E-324");
  CHECK(java_double_text(std::numeric_limits<double>::max()) == "1.7976931348623157E308");
  CHECK(java_double_text(-std::numeric_limits<double>::infinity()) == "-Infinity");
  CHECK(java_double_text(std::numeric_limits<double>::quiet_NaN()) == "NaN");
}
