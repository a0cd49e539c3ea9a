// Shows one frame of an explorer at a time, chosen by a labelled slider.
for (const view of document.querySelectorAll(".explorer")) {
    const frames = [...view.querySelectorAll(".frame")];
    const label = Object.assign(document.createElement("label"), {textContent: view.dataset.label});
    const slider = Object.assign(document.createElement("input"), {type: "range", min: 0, max: frames.length - 1, value: 0});
    const said = document.createElement("output");
    const control = Object.assign(document.createElement("div"), {className: "control"});
    const show = () => {
        frames.forEach((frame, place) => frame.classList.toggle("off", place !== slider.valueAsNumber));
        const caption = frames[slider.valueAsNumber].querySelector("figcaption").textContent;
        said.textContent = caption.replace(`${view.dataset.label}: `, "");
        slider.setAttribute("aria-valuetext", said.textContent);
    };
    label.append(slider);
    control.append(label, said);
    view.prepend(control);
    view.classList.add("live");
    slider.addEventListener("input", show);
    show();
}
