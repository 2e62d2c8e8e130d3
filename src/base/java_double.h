#pragma once

#include <string>

namespace moldau {

/// The text of Java's Double.toString: the fewest digits that tell the number from all others, at least one
/// on both sides of the point; an exponent below 1e-3 and from 1e7 on.
std::string java_double_text(double value);

}  // namespace moldau
