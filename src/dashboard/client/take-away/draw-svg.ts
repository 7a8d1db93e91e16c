// Draws an SVG of lines, paths, circles and text on a canvas, as the page's style has it: a PNG of it needs no other program, and no
// address that the page may not load.

/** With its upper left corner at the context's origin. */
export function drawSvg(context: CanvasRenderingContext2D, svg: SVGSVGElement): void {
  for (const element of svg.querySelectorAll<SVGElement>('line, path, circle, text')) {
    const style = getComputedStyle(element);
    context.save();
    context.globalAlpha = Number(style.opacity);
    context.fillStyle = style.fill === 'none' ? 'transparent' : style.fill;
    context.strokeStyle = style.stroke === 'none' ? 'transparent' : style.stroke;
    context.lineWidth = Number.parseFloat(style.strokeWidth);
    context.setLineDash(style.strokeDasharray === 'none' ? [] : style.strokeDasharray.split(/[\s,]+/).map(Number.parseFloat));
    if (element instanceof SVGTextElement) drawText(context, element, style);
    else {
      const shape = shapeOf(element);
      context.fill(shape);
      context.stroke(shape);
    }
    context.restore();
  }
}

function shapeOf(element: SVGElement): Path2D {
  const read = (name: string): number => Number(element.getAttribute(name));
  if (element instanceof SVGPathElement) return new Path2D(element.getAttribute('d')!);
  const shape = new Path2D();
  if (element instanceof SVGCircleElement) shape.arc(read('cx'), read('cy'), read('r'), 0, 2 * Math.PI);
  else {
    shape.moveTo(read('x1'), read('y1'));
    shape.lineTo(read('x2'), read('y2'));
  }
  return shape;
}

const ALIGN = { start: 'left', middle: 'center', end: 'right' } as const;

/** An outline lies below the letters. */
function drawText(context: CanvasRenderingContext2D, element: SVGTextElement, style: CSSStyleDeclaration): void {
  context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  context.textAlign = ALIGN[style.textAnchor as keyof typeof ALIGN] ?? 'left';
  const [x, y] = [Number(element.getAttribute('x')), Number(element.getAttribute('y'))];
  context.strokeText(element.textContent ?? '', x, y);
  context.fillText(element.textContent ?? '', x, y);
}
