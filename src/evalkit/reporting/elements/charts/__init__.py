"""What every chart is drawn with: two sheets (page and phone), a plot with margins, compact SVG."""
